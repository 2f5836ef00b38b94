/** Ways in from outside of the cluster that are no node port: a load balancer, and Ingresses. */
import { serviceRef } from '../../rule/object-ref.js';
import type { Route } from '../../evidence/evidence.js';
import { kubectl, minikube, word } from '../../rule/command.js';
import { look, type Part } from '../../rule/fix.js';
import {
  failUnlessEmpty,
  pass,
  skip,
  unknown,
  type CheckContext,
  type Finding,
  type Verdict,
} from '../check.js';
import { failWith } from '../shared.js';
import type { OUTCOME_MESSAGES } from './_http.js';
import { asProven, outcomeFinding } from './_http.js';

export const OUTSIDE_MESSAGES = {
  pending: 'the load balancer of Service {service} has no address: nothing in the cluster gives it one',
  ingress: 'Ingress {ingress}, {url}: {problem}',
  'other-program': 'what answers at {url} is not this backend: {detail}',
};
type Message = keyof typeof OUTSIDE_MESSAGES | keyof typeof OUTCOME_MESSAGES;

/** A Service without a node port: its load balancer, or the Ingresses that lead to it; else nobody outside is meant to reach it. */
export function judgeOutside(route: Route, context: CheckContext): Verdict<Message> {
  const { outside, via, baseUrl, proof } = route;
  const { type } = context.contract.backend.service;
  if (outside === undefined) return skip(`the contract demands type ${type}: there is no node port to prove`);
  const object = serviceRef(context.target);
  const { balancer, ingresses, unread } = outside;
  if (balancer?.length === 0)
    return failWith(
      'pending',
      {
        service: object.name,
        expected: 'an address',
        found: '<pending>',
        field: 'status.loadBalancer.ingress',
      },
      object,
    );
  const isOutside = via === 'loadbalancer' || via === 'ingress' || via === 'url';
  // What has come through takes its paths and its host, whatever the rules look like.
  const isThrough = isOutside && proof?.state === 'proven';
  const findings = ingresses.flatMap(({ ingress, host, path, problems, faults = [] }) =>
    problems
      .filter(
        (problem) =>
          !(isThrough && faults.some(({ is, says }) => says === problem && (is === 'path' || is === 'host'))),
      )
      .map((problem): Finding<'ingress'> => ({
        messageId: 'ingress',
        data: { ingress, url: `${host}${path}`, problem },
        object: { ...object, kind: 'Ingress', name: ingress },
      })),
  );
  if (findings.length > 0) return failUnlessEmpty(findings, '');
  if (isOutside && proof?.state === 'refused') {
    const data = { url: baseUrl, detail: proof.says, expected: 'this backend', found: 'something else' };
    return failWith('other-program', data, object);
  }
  if (isOutside) return asProven(route, pass(`${baseUrl} answers`));
  const failures = route.tried.flatMap(({ url, outcome, detail }) =>
    outcome === 'not-tried' || outcome === 'proxy-error' || outcome === 'response'
      ? []
      : (outcomeFinding({ url, outcome, detail }, 'an answer', context) ?? []),
  );
  if (failures.length > 0) return failUnlessEmpty(failures, '');
  if (unread !== undefined)
    return unknown(`whether an Ingress leads to the Service is not known: ${unread}`, outside.access);
  return skip(
    ingresses.length > 0
      ? 'the Ingress leads other paths to the Service than the health endpoint’s, or rewrites them: ask for them with --url'
      : `the Service is of type ${outside.type}: nobody outside of the cluster reaches it but by a port-forward`,
  );
}

/** What puts a way in right that is no node port. */
export function wayFixes(context: CheckContext, findings: readonly Finding[]): Part[] {
  const ids = findings.map(({ messageId }) => messageId);
  if (ids.includes('pending'))
    return [
      look(
        minikube(context, 'tunnel'),
        'Minikube gives it an address as long as this runs; elsewhere a controller such as MetalLB does',
      ),
    ];
  const name = findings.find(({ messageId }) => messageId === 'ingress')?.data?.ingress;
  return name === undefined
    ? []
    : [
        look(kubectl(context, `describe ingress ${word(String(name))}`), 'what its controller says of it'),
        look(
          kubectl(context, 'get ingressclasses', null),
          'the classes that controllers of this cluster take',
        ),
      ];
}
