/** Names and URLs that are given: what a parser or a terminal would read otherwise than a person is refused. */
import { describe, expect, test } from '@jest/globals';
import type { Interfaces } from '@oclif/core';
import { parseBackendUrl, parseOrigin } from '../../src/cli/backend-url.js';
import { publishTargets } from '../../src/cli/publish-targets.js';
import ChecksRole from '../../src/commands/checks/role.js';
import Collect from '../../src/commands/collect.js';
import ContractInit from '../../src/commands/contract/init.js';
import ContractShow from '../../src/commands/contract/show.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';

type Flags = Interfaces.FlagInput;

const COMMANDS: Record<string, Flags> = {
  verify: Verify.flags,
  doctor: Doctor.flags,
  loadbalance: Loadbalance.flags,
  collect: Collect.flags,
  'contract show': ContractShow.flags,
  'contract init': ContractInit.flags,
  'checks role': ChecksRole.flags,
};
const OBJECTS = ['namespace', 'release', 'deployment', 'pod', 'lab'];
const FREE = ['context', 'as', 'as-group'];
const INVISIBLE = [
  'a\nb',
  'a\r',
  '\ta',
  'a\0b',
  'a\u001b[2Jb',
  'a\u0085b',
  'a\u202eb',
  'a\u200bb',
  'a\u2028b',
  '\ufeffa',
];
const SPACED = ['a b', ' a', 'a\u00a0', 'a\u3000b'];

/** All flags of these names, with the command that has them. */
const flagsOf = (names: readonly string[]) =>
  Object.entries(COMMANDS).flatMap(([command, flags]) =>
    names.flatMap((name) => (flags[name] === undefined ? [] : [[command, name, flags[name]] as const])),
  );

async function parsed(flag: Flags[string], text: string): Promise<unknown> {
  if (flag.type !== 'option') throw new Error('a flag without a value');
  return (flag.parse as (input: string) => Promise<unknown>)(text);
}

test('there are such flags in every command', () => {
  expect(new Set(flagsOf([...OBJECTS, ...FREE]).map(([command]) => command))).toEqual(
    new Set(Object.keys(COMMANDS)),
  );
});

describe.each(flagsOf(OBJECTS))('%s --%s', (_command, name, flag) => {
  test.each([...INVISIBLE, ...SPACED])('%j is no name', async (text) => {
    await expect(parsed(flag, text)).rejects.toThrow(/white space and control characters are in none$/);
    // What is told is fit for a terminal.
    await expect(parsed(flag, text)).rejects.not.toThrow(/[\p{Cc}\u202e\u200b\u2028\ufeff]/u);
  });

  test.each(['todo-chatbot', 'todo.v2', `${name}-1`, 'ünknown'])(
    '%s is left to the cluster',
    async (text) => {
      expect(await parsed(flag, text)).toBe(text);
    },
  );
});

describe.each(flagsOf(FREE))('%s --%s', (_command, _name, flag) => {
  test.each(INVISIBLE)('%j is no name', async (text) => {
    await expect(parsed(flag, text)).rejects.toThrow(/control characters are in none$/);
  });

  test.each(['My Cluster', 'system:serviceaccount:ci:deployer', 'arn:aws:eks:eu-1:1:cluster/todo', 'Jörg'])(
    '%s may be one',
    async (text) => {
      expect(await parsed(flag, text)).toBe(text);
    },
  );
});

describe('URLs', () => {
  const asWebhook = (url: string) => publishTargets(['webhook=env:HOOK'], undefined, { HOOK: url });
  const asGateway = (url: string) => publishTargets([`pushgateway=${url}`], undefined, {});

  test.each([
    'http://a\nb',
    'http://a\tb',
    'http://a.example/x\r\ny',
    'http://a.example ',
    'http://a.example/a b',
    'http://a\u200bb',
    'http://a.example/\u2028',
    'http://\u202ea',
  ])('%j is none, although a browser reads one', (text) => {
    expect(() => parseBackendUrl(text)).toThrow('white space or control characters');
    expect(() => parseOrigin(text)).toThrow('white space or control characters');
    expect(() => asWebhook(text)).toThrow('expected a URL');
    expect(() => asGateway(text)).toThrow('expected a URL');
  });

  test('without any it is one', () => {
    expect(parseBackendUrl('http://a.example/x/')).toBe('http://a.example/x');
    expect(parseOrigin('http://A.example:80')).toBe('http://a.example');
    expect(asWebhook('https://hooks.example/T0')).toHaveLength(1);
  });
});
