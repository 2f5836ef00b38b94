import type { FrontendUrl } from '../../evidence/evidence.js';
import { kubectl, word } from '../../rule/command.js';
import { fix, look, text, type Part } from '../../rule/fix.js';
import { defineCheck, skip, unknown, type CheckContext, type Finding } from '../check.js';
import { failOrWarn } from '../shared.js';

type Message = 'no-service' | 'no-port' | 'no-url' | 'loopback';

export default defineCheck({
  meta: {
    id: 'config/frontend-backend-url',
    title: 'The frontend has the backend’s address',
    failureTitle: 'The frontend has an address at which nothing answers',
    why: 'the frontend asks the backend at the URL that its environment holds: with a wrong one its pages open, and nothing in them works',
    remedy: setUrl,
    severity: 'error',
    reads: ['frontendUrls'],
    needs: ['cluster/reachable'],
    messages: {
      'no-service': '{variable} leads to {found}, and namespace {namespace} has no Service of that name',
      'no-port': '{variable} leads to {found}: the Service has port {ports}',
      'no-url': '{variable} of the frontend holds no URL, but what stands for one that was not filled in',
      loopback:
        '{variable} leads to {found}: for the frontend’s server that is its own pod, where no other container runs',
    },
    contractSection: 'Access Patterns: From Frontend Pods (within cluster)',
  },
  evaluate({ frontendUrls }, context) {
    const { deployment, urls, isAlone, backendPort } = frontendUrls;
    if (deployment === undefined) return skip('no frontend of this release is installed');
    if (urls.length === 0)
      return skip(
        'no variable of the frontend holds a URL of the backend: its image has it, or asks its own host',
      );
    const object = { kind: 'Deployment', namespace: context.target.namespace, name: deployment };
    const expected = addressOf(context, backendPort);
    const findings = urls.flatMap((url) => judge(url, isAlone, expected));
    const told = findings.map(({ isMild, ...finding }) => ({ isMild, finding: { ...finding, object } }));
    const failures = told.filter(({ isMild }) => !isMild).map(({ finding }) => finding);
    const warnings = told.filter(({ isMild }) => isMild).map(({ finding }) => finding);
    const unread = urls.find((url) => url.service?.unread !== undefined)?.service;
    if (findings.length === 0 && unread !== undefined)
      return unknown(
        `whether Service ${unread.name} is in namespace ${unread.namespace} is not known: ${unread.unread}`,
        unread.access,
      );
    const inside = urls.filter(({ leads }) => leads === 'service');
    if (findings.length === 0 && inside.length === 0)
      return skip(`${say(urls[0])} leads out of the cluster, where its Services say nothing`);
    return failOrWarn(failures, warnings, inside.map(say).join(', '));
  },
});

function judge(
  url: FrontendUrl,
  isAlone: boolean,
  expected: string,
): (Finding<Message> & { isMild: boolean })[] {
  const { variable, container, leads, origin = '', port, service, forBrowsers } = url;
  const data = { variable, expected, found: origin, field: `env ${variable} (container ${container})` };
  const found = (messageId: Message, more: Finding['data'] = {}, isMild = false) => [
    { messageId, data: { ...data, ...more }, isMild },
  ];
  if (leads === 'nowhere') return found('no-url', { found: 'no URL' });
  // To a browser it is the user's machine, where a port-forward may lead to the backend.
  if (leads === 'loopback') return forBrowsers || !isAlone ? [] : found('loopback', {}, true);
  if (service?.missing === true) return found('no-service', { namespace: service.namespace });
  const ports = service?.ports;
  if (ports === undefined || port === undefined || ports.includes(port)) return [];
  return found('no-port', { ports: ports.join(', ') });
}

function say(url: FrontendUrl | undefined): string {
  return url === undefined ? '' : `${url.variable}: ${url.origin ?? 'no URL'}`;
}

/** Of the backend's own Service, for a pod of the namespace. */
function addressOf({ target, contract }: CheckContext, port = contract.backend.service.port): string {
  return `http://${target.names.service}:${port}`;
}

function setUrl(context: CheckContext, findings: readonly Finding[]): Part[] {
  const [first] = findings;
  if (first?.data === undefined || first.object === undefined)
    return [look(kubectl(context, 'get services'), 'the names and ports that there are')];
  const { variable, expected } = first.data;
  const deployment = `deployment/${word(first.object.name)}`;
  const isBuiltIn = /^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|VUE_APP|GATSBY|PUBLIC)_/;
  return isBuiltIn.test(String(variable))
    ? [
        text(
          `${String(variable)} is built into what browsers load: build the frontend’s image again with the URL at which browsers reach the backend, and set the variable to the same.`,
        ),
        look(kubectl(context, `set env ${deployment} --list`), 'what the frontend is given'),
      ]
    : [
        fix(
          kubectl(context, `set env ${deployment} ${word(`${String(variable)}=${String(expected)}`)}`),
          'and in the chart or manifest that it comes from',
        ),
      ];
}
