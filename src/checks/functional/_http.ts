/** What every check over HTTP says about an exchange that brought no usable response. */
import { serviceRef } from '../../rule/object-ref.js';
import { ofRequest, type Passing } from '../../computed/change.js';
import { UNANSWERED } from '../../computed/unanswered.js';
import { kubectl } from '../../rule/command.js';
import type { HttpExchange, HttpOutcome, Route } from '../../evidence/evidence.js';
import { unknown, type CheckContext, type Finding, type FindingData, type Verdict } from '../check.js';
import { failWith } from '../shared.js';
import { few } from '../../count.js';

/** Messages for `outcomeFinding`: one for each way in which no response came. `detail` says it in words. */
export const OUTCOME_MESSAGES = {
  refused: '{url}: {detail}; nothing listens there',
  timeout: '{url}: {detail}',
  reset: '{url}: {detail}',
  dns: '{url}: {detail}',
  unreachable: '{url}: {detail}',
  tls: '{url}: {detail}; the contract’s URL is plain HTTP',
  'not-http': '{url}: {detail}',
  'body-timeout': '{url}: {detail}',
  'proxy-error': '{url}: the API server’s proxy did not get through to the backend: {detail}',
} satisfies Record<Exclude<HttpOutcome, 'response' | 'own-limit'>, string>;

/** For `passing`: a request without an answer may have met a change. */
export const UNANSWERED_PASSES = Object.fromEntries(
  UNANSWERED.map((outcome) => [outcome, ofRequest]),
) as Record<(typeof UNANSWERED)[number], Passing>;

/** Messages for `unexpectedRedirect`. */
export const REDIRECT_MESSAGES = { redirect: '{url} answers {status}, a redirect to {location}' };

/** The finding for an exchange without a response; undefined when there was one, or where nothing was asked. */
export function outcomeFinding(
  { url, outcome, detail }: { url: string; outcome: HttpOutcome; detail: string },
  expected: string,
  { target }: CheckContext,
): Finding<keyof typeof OUTCOME_MESSAGES> | undefined {
  if (outcome === 'response' || outcome === 'own-limit') return undefined;
  const data = { url, detail: detail || outcome, expected, found: detail || outcome };
  return { messageId: outcome, data, object: serviceRef(target) };
}

/** Fails an exchange without a response, or leaves it open where nothing was asked; undefined when there was one. */
export function noResponse(
  exchange: HttpExchange,
  expected: string,
  context: CheckContext,
): Verdict<keyof typeof OUTCOME_MESSAGES> | undefined {
  if (exchange.outcome === 'own-limit') return unknown(`${exchange.url}: ${exchange.detail}`);
  const finding = outcomeFinding(exchange, expected, context);
  return finding && { status: 'fail', findings: [finding] };
}

/** Fails a redirect, which no path of the contract answers with; undefined for any other status. */
export function unexpectedRedirect(
  exchange: HttpExchange,
  expected: string,
  { target }: CheckContext,
): Verdict<keyof typeof REDIRECT_MESSAGES> | undefined {
  const { status = 0, location = 'nowhere (no Location header)' } = exchange;
  if (status < 300 || status > 399) return undefined;
  const data = { ...responseData(exchange, expected, `HTTP ${status} to ${location}`), location };
  return failWith('redirect', data, serviceRef(target));
}

/** Data of a finding about a response. */
export function responseData(
  { url, status = 0 }: HttpExchange,
  expected: string,
  found: string,
): FindingData {
  return { url, status, expected, found };
}

/**
 * Said by the checks over HTTP when no way led to the backend, or something else answered: that is what
 * `functional/node-port` fails for, and to fail each of them for the same reason would hide it.
 */
export function unreached({ via, tried, baseUrl, proof }: Route): Verdict<never> | undefined {
  if (proof?.state === 'refused')
    return unknown(`what answers at ${baseUrl} is not this backend: ${proof.says}`);
  if (via !== 'none') return undefined;
  const access = tried.find((each) => each.access)?.access;
  const ways = few(tried.map(({ url, outcome, detail }) => `${url}: ${detail || outcome}`));
  return unknown(`the backend was not reached (${ways || 'there was no URL to try'})`, access);
}

/** What passes, and is not proven to be this backend’s answer, shows nothing good; what fails, fails whoever answered. */
export function asProven<M extends string>({ baseUrl, proof }: Route, verdict: Verdict<M>): Verdict<M> {
  if (proof?.state !== 'open' || verdict.status !== 'pass') return verdict;
  return unknown(
    `${verdict.fact}, and it is not proven that this backend answers at ${baseUrl}: ${proof.says}`,
    proof.access,
  );
}

/** A curl command for the URL that failed; for the contract's where it was reached another way, or not at all. */
export function curl({ contract }: CheckContext, path: string, findings: readonly Finding[]): string {
  const url = String(findings[0]?.data?.url ?? '');
  // What went through the API server's proxy cannot be called without its credentials.
  const plain = /^http:\/\/[\w.:[\]-]+\/[\w./-]*$/.test(url);
  return `curl -i ${plain ? url : `http://localhost:${contract.backend.service.nodePort}${path}`}`;
}

/** The pods' newest log lines, which tell what the application thought of a request. */
export function showLogs(context: CheckContext): string {
  const { name } = context.contract.backend.container;
  return kubectl(context, `logs deployment/${context.target.names.deployment} -c ${name} --tail=50`);
}
