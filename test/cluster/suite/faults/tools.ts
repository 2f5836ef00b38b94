/** What the lists of faults have in common. */
import { run, until } from '../cluster.js';
import { BACKEND } from '../stage.js';
import { todo } from '../verify.js';
import { apply, kubectl, type Step, type Symptom } from './fault.js';

/** The new pod does not start, or crashes; the old ones serve. */
export const STUCK = ['deployment/rollout-complete', 'pods/running'];

export const CRASHING = ['deployment/rollout-complete', 'pods/restarts', 'pods/running'];

/** What is judged wherever something answers, so also while a rollout keeps the old pods. */
export const NEEDS_ANSWER = [
  'functional/api-docs',
  'functional/auth-required',
  'functional/health',
  'functional/health-latency',
  'functional/node-port',
];

export const CONTAINER = '/spec/template/spec/containers/0';

/** A patch of the Deployment, which may hold blanks; `undo` takes out what the chart does not know. */
export function patched(shown: string, patch: object): Step {
  return {
    shown: `kubectl patch deployment, ${shown}`,
    run: (stage) => stage.kubectl(['patch', 'deployment', BACKEND, '-p', JSON.stringify(patch)]),
  };
}

/** Pod template changes of the backend's container, and of the pod's other fields. */
export function container(shown: string, change: object, pod: object = {}): Step {
  return patched(shown, {
    spec: { template: { spec: { ...pod, containers: [{ name: 'backend', ...change }] } } },
  });
}

/** What the steps after it need. */
export const waited = (symptom: Symptom): Step => ({
  shown: `wait: ${symptom.shown}`,
  run: (stage) => until(symptom.shown, symptom.within, () => symptom.seen(stage)),
});

/**
 * What a container's log says stays as long as the container does. And before a node takes pods again: one that waits
 * for it would be started and ended at once, and what has no handler for SIGTERM yet takes its 30 s to end.
 */
export const noPods = kubectl(`scale deployment/${BACKEND} --replicas=0`);

/** What an upgrade does not take out of a Deployment, because no chart ever put it there, goes with the Deployment. */
export const removed = kubectl(`delete deployment ${BACKEND} --ignore-not-found`);

/** As packets are lost on the way: in the network of the cluster alone, see lib/network.sh. */
export const iptables = (...args: string[]): Step => ({
  shown: `iptables ${args.join(' ')}`,
  run: async () => {
    const { code, stderr } = await run('iptables', ['--wait', ...args]);
    if (code !== 0) throw new Error(stderr);
  },
});

/** As many connections as the pools may hold: what is asked afterwards needs no new one. */
export const poolsFilled: Step = {
  shown: 'requests, forty at a time',
  run: (stage) =>
    todo([
      'loadbalance',
      '-n',
      stage.namespace,
      '--requests',
      '400',
      '--concurrency',
      '40',
      '--timeout',
      '30s',
    ]),
};

const DNS = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

const egressPolicy = (name: string, egress: object[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress },
});

export const dnsOnly = apply('a NetworkPolicy that allows DNS only', egressPolicy('dns-only', [DNS]));

/** A recipe for reaching the internet alone; the suite's database is in one of these ranges. */
export const publicOnly = apply(
  'a NetworkPolicy that allows all but private addresses',
  egressPolicy('public-only', [
    DNS,
    { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }] },
  ]),
);
