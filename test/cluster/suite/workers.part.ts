/** `loadbalance --workers`: what the pods counted adds up, and a node whose port does not answer is named. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readResult, responsesOf, sumOf } from '../../../src/load/workers/result.js';
import { OWN, run } from './cluster.js';
import { IMAGE, loadImage } from './image.js';
import { Stage } from './stage.js';
import { todo } from './verify.js';

const WORKERS = 4;
const REQUESTS = 200;
/** The Service's own address, and the port of the one node. */
const WAYS = 2;
const LIMIT_MS = 240_000;

interface Said {
  exitCode: number;
  job: string;
  spread: { way: string; url: string; sent: number; good: number; from: { node: string; sent: number }[] }[];
  pods: { pod: string; requests: number }[];
  unattributed: number;
  workers: { worker: number; node?: string; missing?: string }[];
  findings: { status: string; summary: string; node?: string }[];
}

(OWN ? describe : describe.skip)('workers', () => {
  const stage = new Stage('todo-k8s-workers', 30220);

  beforeAll(async () => {
    await Promise.all([stage.install(), loadImage()]);
  }, LIMIT_MS);
  afterAll(() => stage.remove(), LIMIT_MS);

  const load = async (requests: number, ...more: string[]) => {
    const args = ['--workers', String(WORKERS), '--apply', '--requests', String(requests), '--image', IMAGE];
    const all = ['loadbalance', '-n', stage.namespace, ...stage.portMeant, ...args, '-o', 'json', ...more];
    const { code, stdout, stderr } = await todo(all, undefined, undefined, LIMIT_MS);
    if (!stdout.startsWith('{')) throw new Error(`it ended with ${code}: ${stderr}`);
    return { code, stderr, said: JSON.parse(stdout) as Said };
  };
  const jobs = async () => (await stage.kubectl(['get', 'jobs', '-o', 'name'])).trim();

  test(
    'what is reported is the sum of what each pod counted, and nothing is left behind',
    async () => {
      const { code, stderr, said } = await load(REQUESTS, '--keep');
      const logs = await stage.kubectl([
        ...['logs', '-l', `todo-k8s/load=${said.job}`, '--tail=-1', '--prefix', '--max-log-requests=9'],
      ]);
      // Each worker's own line, read by kubectl.
      const ledgers = Array.from({ length: WORKERS }, (_, worker) => {
        const own = logs.split('\n').find((line) => line.includes(`"worker":${worker},`)) ?? '';
        const result = readResult(own, { worker, ways: WAYS, requests: REQUESTS });
        if (result === undefined) throw new Error(`worker ${worker} has no ledger: ${logs}`);
        return result;
      });
      const sent = said.spread.map((_, way) =>
        ledgers.reduce((sum, { ways }) => sum + sumOf(ways[way]?.outcomes ?? []), 0),
      );
      const answered = ledgers.flatMap(({ ways }) => ways).reduce((sum, way) => sum + responsesOf(way), 0);
      const byPod = new Map<string, number>();
      for (const [pod, requests] of ledgers.flatMap(({ ways }) => ways.flatMap(({ pods }) => pods)))
        byPod.set(pod, (byPod.get(pod) ?? 0) + requests);
      expect({ code, findings: said.findings, stderr }).toMatchObject({ code: 0, findings: [] });
      expect(said.spread.map(({ way }) => way)).toEqual(['ClusterIP', 'minikube']);
      expect(said.spread.map((way) => way.sent)).toEqual(sent);
      expect(sent).toEqual([WORKERS * REQUESTS, WORKERS * REQUESTS]);
      expect(sumOf(said.pods.map(({ pod, requests }) => [pod, requests]))).toBe(answered);
      if (byPod.size > 0)
        expect(new Map(said.pods.map(({ pod, requests }) => [pod, requests]))).toEqual(byPod);
      expect(said.unattributed).toBe(0);
      expect(said.workers.map(({ node }) => node)).toEqual(Array(WORKERS).fill('minikube'));
      expect(await jobs()).toBe(`job.batch/${said.job}`);
      await stage.kubectl(['delete', 'job', said.job]);
    },
    LIMIT_MS,
  );

  test(
    'what is reported is what the backend’s own logs say',
    async () => {
      const { said } = await load(REQUESTS, '--path', '/api/health?workers=told-by-logs');
      for (const { pod, requests } of said.pods) {
        const log = await stage.kubectl(['logs', pod, '--tail=-1']);
        const marks = log.match(/workers=told-by-logs&todo-k8s=\w+-\d+ /g) ?? [];
        expect({ pod, requests }).toEqual({ pod, requests: new Set(marks).size });
      }
      expect(await jobs()).toBe('');
    },
    LIMIT_MS,
  );

  test(
    'a node port that a firewall blocks: its node is named, and the Service’s own address answers',
    async () => {
      // Before kube-proxy's rules, as a broken one or a firewall of the node would have it.
      const rule = ['PREROUTING', '-p', 'tcp', '--dport', String(stage.nodePort), '-j', 'DROP'];
      const iptables = async (action: string) => {
        const { code, stderr } = await run('iptables', ['-w', '-t', 'raw', action, ...rule]);
        if (code !== 0) throw new Error(stderr);
      };
      await iptables('-I');
      try {
        const { code, said } = await load(20, '--timeout', '1s');
        expect(said.spread.map(({ way, sent, good }) => [way, sent, good])).toEqual([
          ['ClusterIP', WORKERS * 20, WORKERS * 20],
          ['minikube', WORKERS * 20, 0],
        ]);
        expect(said.findings).toEqual([expect.objectContaining({ status: 'fail', node: 'minikube' })]);
        expect(said.findings[0]?.summary).toContain('node minikube');
        expect(code).toBe(1);
      } finally {
        await iptables('-D');
      }
      expect((await load(20)).code).toBe(0);
    },
    LIMIT_MS,
  );
});
