/**
 * The whole program over the lab: what the cluster says is full of secrets, in many forms and cut in many places, and no
 * output shows eight characters of one; and a Secret that holds a common word changes nothing.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import Diff from '../../src/commands/diff.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { fuzzCases, piecesOf, type FuzzCase } from '../evidence/redaction-fuzz.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder } from '../bundle/support.js';

jest.setTimeout(120_000);

const { file, remove } = temporaryFolder();
afterAll(remove);

const FORMATS = ['text', 'wide', 'json', 'yaml', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'];

describe('secrets in whatever the cluster says', () => {
  const own = [...fuzzCases(77, 1, 12)];
  const secrets = Object.fromEntries(own.map(({ secret }, index) => [`KEY_${index}`, secret]));
  const cases: FuzzCase[] = own.flatMap(({ cases: each }) => each);
  const lines = cases.flatMap((each) => each.lines);

  async function filledLab() {
    const lab = await startLab('crash-loop', { secrets });
    await lab.change((world) => {
      for (const pod of world.pods) {
        for (const line of lines) {
          for (const part of line.split('\n')) pod.log.append(`ERROR database: ${part}`);
          pod.previousLog?.append(`ERROR database: ${line.replaceAll('\n', ' ')}`);
        }
        pod.app.health.body = { status: 'unhealthy', database: 'connected', error: lines.slice(0, 40) };
        pod.object.metadata.annotations = { 'example.com/note': lines.slice(0, 20).join('\n') };
        for (const status of pod.object.status?.containerStatuses ?? []) {
          const ended = status.lastState?.terminated ?? status.state?.terminated;
          if (ended) ended.message = lines.slice(20, 60).join('\n');
        }
      }
      for (const [index, event] of world.events.entries())
        event.message = `${event.message ?? ''} ${lines[index % lines.length] ?? ''}`;
    });
    return lab;
  }

  test('verify, doctor and loadbalance in every format, -v, --record; collect; diff', async () => {
    const lab = await filledLab();
    const shown: [string, string][] = [];
    const target = ['--kubeconfig', lab.kubeconfigPath];
    try {
      for (const [name, command, more] of [
        ['verify', Verify, ['-v']],
        ['doctor', Doctor, []],
        ['loadbalance', Loadbalance, ['--requests', '20']],
      ] as const) {
        const formats = FORMATS.filter((format) => name !== 'loadbalance' || format !== 'wide');
        const outputs = formats.flatMap((format) => ['-o', `${format}=${file(`${name}.${format}`)}`]);
        const argv = [...target, ...more, ...outputs, '--record', file(`${name}.tgz`)];
        const { stdout, stderr, exitCode } = await runCommand(command, argv);
        expect([name, exitCode]).toEqual([name, 1]);
        shown.push([`${name} stdout`, stdout], [`${name} stderr`, stderr]);
        for (const format of formats) shown.push([`${name} ${format}`, readFileSync(file(`${name}.${format}`), 'utf8')]);
        shown.push([`${name} bundle`, (await bundleBytes(file(`${name}.tgz`))).toString()]);
      }
      const collected = await runCommand(Collect, [...target, '-o', file('c.tgz')]);
      shown.push(['collect', `${collected.stdout}${collected.stderr}`]);
      shown.push(['its bundle', (await bundleBytes(file('c.tgz'))).toString()]);
      const changed = await runCommand(Diff, [file('c.tgz'), 'live', ...target]);
      shown.push(['diff', `${changed.stdout}${changed.stderr}`]);
      const wrong = await runCommand(Verify, [...target, '--release', 'not-there']);
      shown.push(['an error', `${wrong.stdout}${wrong.stderr}`]);
    } finally {
      await lab.close();
    }
    const pieces = new Set(cases.flatMap(piecesOf));
    const found = shown.flatMap(([name, text]) =>
      [...pieces].filter((piece) => text.includes(piece)).map((piece) => `${name}: ${piece}`),
    );
    expect(pieces.size).toBeGreaterThan(1000);
    expect(found).toEqual([]);
    // They did come that far.
    expect(shown.find(([name]) => name === 'its bundle')?.[1].match(/\(value hidden/g)?.length).toBeGreaterThan(100);
  });
});

const COMMON = [
  ...['status', 'connected', 'database', 'healthy', 'true', 'backend', 'default', 'running', 'password', 'postgres'],
  ...['established', 'connection', 'production', 'application', 'deployment', 'kubernetes', 'localhost', 'Completed'],
  ...['RollingUpdate', 'database-url', 'uvicorn', 'NodePort'],
];

describe('a Secret that holds a common word', () => {
  const verdicts = (json: string) => {
    const { checks, exitCode } = JSON.parse(json) as Report;
    return { exitCode, checks: checks.map(({ id, status, message }) => ({ id, status, message })) };
  };

  async function seen(word: string) {
    const lab = await startLab('database-down', { secrets: { POSTGRES_DB: word } });
    const bundle = file(`${word}.tgz`);
    try {
      const live = await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '-o', 'json', '--record', bundle]);
      const replayed = await runWithoutCluster(Verify, ['--from', bundle, '-o', 'json'], file(''));
      return { live: verdicts(live.stdout), replayed: verdicts(replayed.stdout), exitCodes: [live.exitCode, replayed.exitCode] };
    } finally {
      await lab.close();
    }
  }

  // Ages and times differ from run to run; what is judged does not.
  const judged = ({ live, replayed, exitCodes }: Awaited<ReturnType<typeof seen>>) => ({
    live: live.checks.map(({ id, status }) => `${id} ${status}`),
    replayed: replayed.checks.map(({ id, status }) => `${id} ${status}`),
    exitCodes,
  });

  test('the same verdicts, live and replayed, and no gap', async () => {
    const expected = judged(await seen('kT7-unlikely-93'));
    expect(expected.replayed).toEqual(expected.live);
    for (const word of COMMON) {
      const own = await seen(word);
      expect({ word, ...judged(own) }).toEqual({ word, ...expected });
      expect(own.live.checks.filter(({ message }) => message.includes('(value hidden) '))).toEqual([]);
      expect((await bundleBytes(file(`${word}.tgz`))).toString()).not.toContain('(value hidden)"');
    }
  });
});

describe('a Secret that holds them all', () => {
  const secretsOf = (valueOf: (word: string, index: number) => string) =>
    Object.fromEntries(COMMON.map((word, index) => [`KEY_${index}`, valueOf(word, index)]));

  async function judged(scenario: string, secrets: Record<string, string>) {
    const lab = await startLab(scenario, { secrets });
    const bundle = file(`${scenario}.tgz`);
    try {
      const target = ['--kubeconfig', lab.kubeconfigPath, '-o', 'json'];
      const live = await runCommand(Doctor, [...target, '--record', bundle]);
      const replayed = await runWithoutCluster(Doctor, ['--from', bundle, '-o', 'json'], file(''));
      expect([live.stderr, replayed.stderr].filter((said) => !/^(Recorded in .*\n)?$/.test(said))).toEqual([]);
      return [live, replayed].map(({ stdout, exitCode }) => {
        const { checks, diagnoses = [], topics = [] } = JSON.parse(stdout) as Report;
        return {
          exitCode,
          checks: checks.map(({ id, status }) => `${id} ${status}`),
          causes: diagnoses.map(({ cause, verdict, symptoms }) => [cause, verdict, ...symptoms]),
          steps: topics.flatMap(({ topic, path }) => path.map(({ hop, state }) => `${topic}/${hop} ${state}`)),
        };
      });
    } finally {
      await lab.close();
    }
  }

  test.each(['healthy', 'crash-loop', 'database-password-wrong', 'image-tag-wrong', 'oom-killed', 'selector-mismatch'])(
    '%s: the same verdicts, causes, steps and exit codes, live and replayed',
    async (scenario) => {
      const expected = await judged(
        scenario,
        secretsOf((_word, index) => `kT7-unlikely-${index}`),
      );
      expect(await judged(scenario, secretsOf((word) => word))).toEqual(expected);
      expect(expected[1]).toEqual(expected[0]);
    },
  );
});

describe('a Secret that may not be read', () => {
  const LINE = 'ERROR database: bare-Secret-Value-77';

  async function collected(...flags: string[]) {
    const lab = await startLab('forbidden-secrets', { secrets: { API_KEY: 'bare-Secret-Value-77' } });
    const bundle = file(`forbidden${flags.length}.tgz`);
    try {
      await lab.change((world) => {
        for (const pod of world.pods) pod.log.append(LINE);
      });
      const target = ['--kubeconfig', lab.kubeconfigPath];
      const said = await runCommand(Collect, [...target, '-o', bundle, ...flags]);
      const verified = await runCommand(Verify, [...target]);
      return { said, verified, bytes: (await bundleBytes(bundle)).toString() };
    } finally {
      await lab.close();
    }
  }

  test('is said by verify and collect, and the bundle leaves out what may quote it', async () => {
    const { said, verified, bytes } = await collected();
    for (const { stdout } of [said, verified])
      expect(stdout.replace(/\s+/g, ' ')).toContain('todo-chatbot-backend-secret could not be read, so they could not be removed');
    expect(said.stdout).toContain('evidence/logs.json');
    expect(bytes).not.toContain('bare-Secret-Value-77');
    expect(bytes).toContain('the values of Secret todo-chatbot-backend-secret could not be read');
  });

  test('unless it is asked for', async () => {
    const { said, bytes } = await collected('--include-unredacted');
    expect(bytes).toContain('bare-Secret-Value-77');
    expect(said.stdout.replace(/\s+/g, ' ')).toContain('could not be removed from logs, events and answers');
  });
});
