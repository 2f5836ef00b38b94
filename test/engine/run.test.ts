import { describe, expect, test } from '@jest/globals';
import { defineCheck, pass, type AnyCheck, type Verdict } from '../../src/checks/check.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { runChecks } from '../../src/engine/run.js';
import type { EngineEvent } from '../../src/engine/report.js';
import type { EvidenceKey, EvidenceReader, Observed } from '../../src/evidence/evidence.js';
import { NOW } from '../support/healthy.js';
import { TARGET } from '../support/check-context.js';
import { text } from '../../src/rule/fix.js';

const at = '2026-02-09T14:05:00Z';

function reader(facts: Partial<Record<EvidenceKey, Observed<unknown> | Promise<never>>>): EvidenceReader {
  return {
    read: (key) => Promise.resolve(facts[key] ?? { ok: true, at, value: {} }) as never,
    close: () => Promise.resolve(),
  };
}

function check(
  id: AnyCheck['meta']['id'],
  more: Partial<AnyCheck['meta']> & { verdict?: () => Verdict },
): AnyCheck {
  const { verdict = () => pass('fine'), ...meta } = more;
  return defineCheck({
    meta: {
      id,
      title: id,
      failureTitle: `${id} is broken`,
      why: 'because',
      remedy: ({ target }) => [text(`fix ${target.names.deployment}`)],
      severity: 'error',
      reads: ['deployment'],
      needs: [],
      messages: { bad: 'found {found}' },
      contractSection: 'Scaling Behavior',
      ...meta,
    },
    evaluate: verdict,
  }) as AnyCheck;
}

const fails = (): Verdict => ({ status: 'fail', findings: [{ messageId: 'bad', data: { found: 3 } }] });

async function run(checks: AnyCheck[], more: Partial<Parameters<typeof runChecks>[0]> = {}) {
  const events: EngineEvent[] = [];
  const results = await runChecks({
    checks,
    selected: new Set(checks.map((one) => one.meta.id as string)),
    declined: new Map(),
    reader: reader({}),
    context: { contract: structuredClone(DEFAULT_CONTRACT), target: structuredClone(TARGET), now: NOW },
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    ...more,
  });
  return { results, events, statuses: Object.fromEntries(results.map(({ id, status }) => [id, status])) };
}

describe('runChecks', () => {
  test('reports pass facts, filled-in findings and remedies, in the order of the checks', async () => {
    const { results } = await run([check('pods/a', {}), check('pods/b', { verdict: fails })]);
    expect(results).toMatchObject([
      { id: 'pods/a', suite: 'pods', status: 'pass', message: 'fine', remedy: null },
      {
        id: 'pods/b',
        status: 'fail',
        message: 'pods/b is broken',
        remedy: 'fix todo-chatbot-backend',
        fix: [{ kind: 'text', text: 'fix todo-chatbot-backend' }],
        findings: [{ messageId: 'bad', message: 'found 3', data: { found: 3 }, object: null }],
      },
    ]);
  });

  test('unreadable evidence is unknown, with the reader’s words', async () => {
    const gap: Observed<unknown> = { ok: false, at, why: 'timeout', detail: 'no answer in 5 s' };
    const { results } = await run([check('pods/a', {})], { reader: reader({ deployment: gap }) });
    expect(results).toMatchObject([{ status: 'unknown', message: 'no answer in 5 s' }]);
  });

  test('a check that throws is unknown, not passed', async () => {
    const bug = () => {
      throw new Error('cannot read x of undefined');
    };
    const { results } = await run([check('pods/a', { verdict: bug })]);
    expect(results[0]).toMatchObject({
      status: 'unknown',
      message: 'internal error: the check itself failed: Error: cannot read x of undefined',
      defect: true,
    });
  });

  test('what a failed check blocks names the root, through any number of steps', async () => {
    const { results, statuses } = await run([
      check('service/a', { verdict: fails }),
      check('service/b', { needs: ['service/a'] }),
      check('service/c', { needs: ['service/b'] }),
    ]);
    expect(statuses).toEqual({ 'service/a': 'fail', 'service/b': 'blocked', 'service/c': 'blocked' });
    expect(results[2]).toMatchObject({ blockedBy: ['service/a'], message: 'needs service/a' });
  });

  test('a refusal is said for each check that it touches, also below one that is unknown', async () => {
    const refusal: Observed<unknown> = {
      ok: false,
      at,
      why: 'forbidden',
      detail: 'may not list deployments',
    };
    const { statuses } = await run([check('pods/a', {}), check('pods/b', { needs: ['pods/a'] })], {
      reader: reader({ deployment: refusal }),
    });
    expect(statuses).toEqual({ 'pods/a': 'unknown', 'pods/b': 'unknown' });
  });

  test('a needed check that was not selected joins the report when it stands in the way', async () => {
    const checks = [check('service/a', { verdict: fails }), check('service/b', { needs: ['service/a'] })];
    const { statuses } = await run(checks, { selected: new Set(['service/b']) });
    expect(statuses).toEqual({ 'service/a': 'fail', 'service/b': 'blocked' });
  });

  test('a needed check that was not selected and passes stays out of the report', async () => {
    const checks = [check('service/a', {}), check('service/b', { needs: ['service/a'] })];
    const { statuses } = await run(checks, { selected: new Set(['service/b']) });
    expect(statuses).toEqual({ 'service/b': 'pass' });
  });

  test('evidence that the user declined skips its checks', async () => {
    const { results } = await run([check('pods/a', { reads: ['inPod'] })], {
      declined: new Map([['inPod', '--no-exec']]),
    });
    expect(results).toMatchObject([{ status: 'skip', message: 'not asked for (--no-exec)' }]);
  });

  test('findings of a warning check never fail', async () => {
    const { statuses } = await run([check('pods/a', { severity: 'warning', verdict: fails })]);
    expect(statuses).toEqual({ 'pods/a': 'warn' });
  });

  test('an ended run leaves what was not judged unknown, though the reader hangs', async () => {
    const controller = new AbortController();
    const never = new Promise<never>(() => undefined);
    const running = run([check('pods/a', {}), check('pods/b', { reads: ['server'] })], {
      reader: reader({ deployment: never }),
      signal: controller.signal,
    });
    controller.abort(new Error('interrupted'));
    const { results, events } = await running;
    expect(results[0]).toMatchObject({ status: 'unknown', message: 'interrupted' });
    expect(events.at(-1)).toEqual({ type: 'run-finished', interrupted: true });
  });

  test('evidence and context reach a check frozen', async () => {
    const meddler = check('pods/a', {});
    meddler.evaluate = (evidence, context) => {
      context.contract.backend.replicaCount = 9;
      return pass('changed it');
    };
    const { results } = await run([meddler]);
    expect(results[0]?.message).toMatch(/read only property 'replicaCount'/);
  });
});
