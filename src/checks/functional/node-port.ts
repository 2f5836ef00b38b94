import { serviceRef } from '../../rule/object-ref.js';
import { ofRefusal, ofSilence } from '../../computed/change.js';
import { look, text, type Part } from '../../rule/fix.js';
import { listenersCommand, minikube } from '../../rule/command.js';
import {
  defineCheck,
  failUnlessEmpty,
  pass,
  skip,
  unknown,
  type CheckContext,
  type Finding,
} from '../check.js';
import { failWith } from '../shared.js';
import { asProven, outcomeFinding, OUTCOME_MESSAGES } from './_http.js';
import { judgeOutside, OUTSIDE_MESSAGES, wayFixes } from './_outside.js';

const MESSAGES = {
  ...OUTCOME_MESSAGES,
  'nothing-tried': 'there is no address to try: {found}',
  ...OUTSIDE_MESSAGES,
};

const WAYS = {
  service: 'the Service’s own address',
  proxy: 'the API server’s proxy',
  'port-forward': 'a port-forward',
};

export default defineCheck({
  meta: {
    id: 'functional/node-port',
    title: 'Backend answers from outside the cluster',
    failureTitle: 'Backend does not answer from outside the cluster',
    why: 'the contract’s URL, and whatever runs on the host, reach the backend by this port only',
    remedy: (context, findings) => [
      ...whatListens(findings),
      ...wayFixes(context, findings),
      ...(context.contract.backend.service.type === 'NodePort' ? nodePortFixes(context) : []),
    ],
    severity: 'error',
    reads: ['route'],
    needs: ['service/type', 'service/ports', 'service/selector-matches', 'pods/ready'],
    judgedAnyway: ({ route }) => route.provesNodePort,
    // Another port than the contract's may lead to it: what answers can be judged.
    despite: { needs: ['service/ports'], when: ({ route }) => route.via !== 'none' },
    messages: MESSAGES,
    passing: { refused: ofRefusal, timeout: ofSilence, reset: ofSilence, 'proxy-error': ofSilence },
    contractSection: 'Access Patterns: From Host Machine; Access Patterns: From External (via NodePort)',
  },
  evaluate({ route }, context) {
    const { type, nodePort } = context.contract.backend.service;
    if (type !== 'NodePort') return judgeOutside(route, context);
    const expected = `an answer on node port ${nodePort}`;
    const { via, baseUrl, proof, nodesUnread } = route;
    if (via === 'nodeport' && proof?.state === 'refused') {
      const data = { url: baseUrl, detail: proof.says, expected: 'this backend', found: 'something else' };
      return failWith('other-program', data, serviceRef(context.target));
    }
    if (via !== 'none' && proof?.state !== 'refused' && route.provesNodePort)
      return asProven(route, pass(`${baseUrl} answers`));

    const failures = route.tried.flatMap(({ url, outcome, detail }) =>
      outcome === 'not-tried' ? [] : (outcomeFinding({ url, outcome, detail }, expected, context) ?? []),
    );
    const unasked = route.tried.find(({ outcome }) => outcome === 'own-limit');
    if (unasked && failures.length === 0) return unknown(`${unasked.url}: ${unasked.detail}`);
    // Not to be reached at localhost says nothing of a cluster on other machines; the API server's proxy, whatever it says, says
    // nothing of a node port.
    const isElsewhere = failures
      .map(({ data }) => String(data?.url ?? ''))
      .every((url) => isLocal(url) || isProxied(url));
    if (nodesUnread !== undefined && isElsewhere && via !== 'nodeport' && via !== 'url') {
      const others = failures.map(({ data }) => `${String(data?.url)}: ${String(data?.detail)}`);
      return unknown(
        [`the nodes’ addresses are not known: ${nodesUnread}`, ...others, 'Say where it is: --url'].join(
          '; ',
        ),
        route.nodesAccess,
      );
    }
    switch (via) {
      case 'nodeport':
        return skip(
          `${route.baseUrl} answers; that it is not node port ${nodePort} is told by service/ports`,
        );
      case 'url':
        return skip(`${baseUrl} was asked for: it does not prove node port ${nodePort}`);
      case 'loadbalancer':
      case 'ingress':
        return skip(`${baseUrl} answers, and does not prove node port ${nodePort}`);
      case 'service':
      case 'proxy':
      case 'port-forward': {
        const way = WAYS[via];
        // Without failures the node port was not even tried: the user chose the other way.
        return failures.length === 0
          ? skip(`requests went through ${way}, which does not prove node port ${nodePort}`)
          : failUnlessEmpty(failures, '');
      }
      case 'none':
        return failures.length === 0
          ? failWith(
              'nothing-tried',
              { expected, found: 'no node address and no URL' },
              serviceRef(context.target),
            )
          : failUnlessEmpty(failures, '');
    }
  },
});

function nodePortFixes(context: CheckContext): Part[] {
  return [
    look(
      minikube(context, `service ${context.target.names.service} -n ${context.target.namespace} --url`),
      'with the docker driver on macOS or Windows the host does not reach the node: this opens a tunnel',
    ),
    text(`Elsewhere see whether a firewall stands before port ${context.contract.backend.service.nodePort}.`),
  ];
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === 'localhost';
}

function isProxied(url: string): boolean {
  return /\/api\/v1\/\S*\/proxy$/.test(url);
}

function whatListens(findings: readonly Finding[]): Part[] {
  const url = findings.find(({ messageId }) => messageId === 'other-program')?.data?.url;
  if (url === undefined) return [];
  return [
    look(listenersCommand(String(url)), 'what listens there; the backend elsewhere is asked with --url'),
  ];
}
