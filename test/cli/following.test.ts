/** What a printed command takes over from the one that printed it: by the flags that each of them has. */
import { describe, expect, test } from '@jest/globals';
import { Parser, type Interfaces } from '@oclif/core';
import { bundleArguments, flagsFor, followingArguments } from '../../src/cli/following.js';
import { plannedFlags } from '../../src/cli/flags.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { TARGET } from '../support/check-context.js';
import { verify } from '../faults/support/verify.js';

type Flags = Interfaces.FlagInput;

const COMMANDS = { doctor: Doctor.flags, loadbalance: Loadbalance.flags, verify: Verify.flags } as Record<
  'doctor' | 'loadbalance' | 'verify',
  Flags
>;
/** Sections of --help that say what is looked at, from where, and how it is judged. */
const CHOOSING = ['CLUSTER', 'RELEASE', 'CONTRACT', 'ROUTE', 'REQUEST', 'DIAGNOSIS', 'CHECKS'];
/** Of those: what belongs to one run, and what each release is named in place of. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  'all-releases': 'the release is named',
  'all-namespaces': 'namespace and release are named',
  shard: 'namespace and release are named',
  contexts: 'context, namespace and release are named',
  'releases-from': 'context, namespace and release are named',
  ...{ only: 'the next step is another', skip: 'the next step is another' },
  ...{ wait: 'of one run', watch: 'of one run', timeout: 'of one run', diagnose: 'of one run' },
  observe: 'of one run',
  // loadbalance is repeated as it was typed, and no other has these.
  ...{ path: 'loadbalance alone', header: 'loadbalance alone' },
};
/** A value of each kind that a shell could read otherwise; words that the flag takes where it takes few. */
const VALUES: Readonly<Record<string, string[]>> = {
  'request-timeout': ['--request-timeout=1500ms'],
  since: ['--since=1800s'],
  url: ['--url=http://localhost:8080/$(id)'],
  origin: ['--origin=http://localhost:3000'],
  via: ['--via=proxy'],
  exec: ['--no-exec'],
  strict: ['--strict'],
  'as-group': ['--as-group=a b', "--as-group=it's"],
  values: ['--values=a b.yaml', '--values=c.yaml'],
  set: ['--set=backend.replicaCount=4', '--set=backend.image.tag=$TAG'],
};

const parse = async (flags: Flags, argv: string[]) =>
  (await Parser.parse(argv, { flags, strict: true })).flags;

/** Words as a POSIX shell reads them. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([whole]) =>
    whole.replace(/'([^']*)'|\\'/g, (_, inner: string | undefined) => inner ?? "'"),
  );
}

const cases = Object.entries(COMMANDS).flatMap(([from, flags]) =>
  Object.entries(flags)
    .filter(
      ([name, { helpGroup = '' }]) =>
        CHOOSING.includes(helpGroup) && !(name in NOT_TAKEN) && !(name in plannedFlags),
    )
    .map(([name]) => [from as keyof typeof COMMANDS, name] as const),
);

test.each(cases)('%s --%s: each command that has it is given it', async (from, name) => {
  const argv = VALUES[name] ?? [`--${name}=x; rm -rf $HOME`].map((each) => each.replace(/[; ]/g, '_'));
  const given = await parse(COMMANDS[from], argv);
  const following = followingArguments(given);
  for (const [command, flags] of Object.entries(COMMANDS)) {
    const line = following[command as keyof typeof COMMANDS];
    expect([command, words(line)]).toEqual([command, name in flags ? argv : []]);
    // What is printed means the same there.
    if (name in flags) expect((await parse(flags, words(line)))[name]).toEqual(given[name]);
  }
});

test('what was not given is not said', async () => {
  for (const flags of Object.values(COMMANDS))
    expect(followingArguments(await parse(flags, []))).toEqual({ doctor: '', loadbalance: '', verify: '' });
});

test('a way that only loadbalance takes is not handed on', async () => {
  const given = await parse(COMMANDS.loadbalance, ['--via=node:worker-2']);
  expect(followingArguments(given)).toEqual({ doctor: '', loadbalance: ' --via=node:worker-2', verify: '' });
});

describe('of several releases', () => {
  const target = { ...TARGET, namespace: 'ux', release: 'staging' };

  test.each([
    ['one that was named', { 'all-releases': false, release: 'mine' }, ' --release=mine'],
    ['all of the namespace', { 'all-releases': true }, ' --release=staging'],
    [
      'all of the cluster',
      { 'all-releases': false, 'all-namespaces': true },
      ' --namespace=ux --release=staging',
    ],
  ])('%s', (_, flags, expected) => {
    expect(followingArguments(flagsFor(target, flags)).doctor).toBe(expected);
  });

  test('one that Helm does not know is named by its Deployment', () => {
    const flags = flagsFor({ ...target, release: undefined }, { 'all-releases': true });
    expect(followingArguments(flags).verify).toBe(` --deployment=${TARGET.names.deployment}`);
  });
});

test('of a bundle: what is laid over its evidence, and nothing that would ask a cluster', async () => {
  const given = await parse(COMMANDS.verify, [
    '--from=my bundle.tgz',
    '--contract=c.yaml',
    '--set=backend.replicaCount=4',
  ]);
  expect(bundleArguments('my bundle.tgz', given)).toBe(
    " --from 'my bundle.tgz' --contract=c.yaml --set=backend.replicaCount=4",
  );
});

test('the next step of a run has what the run was asked with', async () => {
  const lab = await startLab('crash-loop');
  try {
    const asked = [
      '--kubeconfig',
      lab.kubeconfigPath,
      '--url',
      lab.url,
      '--set',
      'backend.replicaCount=2',
      '--no-exec',
    ];
    const { stdout } = await verify(...asked, '-o', 'json');
    expect((JSON.parse(stdout) as Report).next).toBe(
      `todo-k8s doctor --kubeconfig=${lab.kubeconfigPath} --set=backend.replicaCount=2 --url=${lab.url} --no-exec`,
    );
  } finally {
    await lab.close();
  }
});
