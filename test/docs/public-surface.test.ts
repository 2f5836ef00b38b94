/** What docs/VERSIONING.md calls public, line by line: a line that disappears breaks somebody's script. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { EVERY_CHECK } from '../../src/checks/of-load-run.js';
import { installChecks } from '../../src/planned/against/index.js';
import { EXPLAINED_CAUSES } from '../../src/causes/catalogue.js';
import { BUNDLE_FORMAT, BUNDLE_VERSION } from '../../src/evidence/bundle/manifest.js';
import { buildIfStale, ROOT } from '../faults/support/program.js';

const FILE = join(import.meta.dirname, 'public-surface.txt');

interface Flag {
  type: 'option' | 'boolean';
  char?: string;
  options?: string[];
  allowNo?: boolean;
  multiple?: boolean;
  hidden?: boolean;
}

interface Manifest {
  commands: Record<
    string,
    { hidden?: boolean; args: Record<string, { required?: boolean }>; flags: Record<string, Flag> }
  >;
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
}

beforeAll(() => buildIfStale(), 120_000);

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

function commandLines(): string[] {
  const { commands } = JSON.parse(read('oclif.manifest.json')) as Manifest;
  return Object.entries(commands)
    .filter(([, { hidden }]) => !hidden)
    .flatMap(([id, { args, flags }]) => {
      const command = `command ${id.replaceAll(':', ' ')}`;
      const places = Object.entries(args).map(
        ([name, { required }]) => `${command} ${required ? `<${name}>` : `[${name}]`}`,
      );
      return [
        command,
        ...places,
        ...Object.entries(flags).flatMap(([name, flag]) => flagLines(command, name, flag)),
      ];
    });
}

function flagLines(
  command: string,
  name: string,
  { type, char, options = [], allowNo, multiple, hidden }: Flag,
): string[] {
  if (hidden) return [];
  const value = type === 'boolean' ? '' : ' <value>';
  const often = multiple ? ' (more than once)' : '';
  return [
    `${command} --${name}${value}${often}`,
    ...(char ? [`${command} -${char}${value}`] : []),
    ...(allowNo ? [`${command} --no-${name}`] : []),
    ...options.map((option) => `${command} --${name} ${option}`),
  ];
}

/** Paths of all fields, such as `report checks[].id`. */
function fieldLines(name: string, schema: Schema, at = ''): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return [
      `${name} ${path}${typeof field.const === 'number' ? ` = ${field.const}` : ''}`,
      ...fieldLines(name, field, path),
    ];
  });
  const items = schema.items ? fieldLines(name, schema.items, `${at}[]`) : [];
  const either = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) =>
    fieldLines(name, each, at),
  );
  return [...own, ...items, ...either];
}

function surface(): string[] {
  const exitCodes = /## Exit codes\n([^]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
  const lines = [
    ...commandLines(),
    ...[...exitCodes.matchAll(/^\| (\d[\d, ]*) \|/gm)].flatMap(([, codes = '']) =>
      codes.split(', ').map((code) => `exit code ${code}`),
    ),
    ...[...EVERY_CHECK, ...installChecks()].map(({ meta }) => `check ${meta.id as string}`),
    ...EXPLAINED_CAUSES.map(({ id }) => `cause ${id}`),
    ...fieldLines('report', JSON.parse(read('docs/report.schema.json')) as Schema),
    ...fieldLines('event', JSON.parse(read('docs/events.schema.json')) as Schema),
    `bundle ${BUNDLE_FORMAT} = ${BUNDLE_VERSION}`,
  ];
  return [...new Set(lines)].sort();
}

test('nothing public has gone, and what is new is written down', () => {
  const now = surface();
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(FILE, `${now.join('\n')}\n`);
  const written = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  // docs/VERSIONING.md says when a line may go. UPDATE_GOLDENS=1 writes what is new.
  expect({
    gone: written.filter((line) => !now.includes(line)),
    new: now.filter((line) => !written.includes(line)),
  }).toEqual({ gone: [], new: [] });
});

test('each part of the surface is in it', () => {
  const now = surface();
  for (const line of [
    'command verify --only <value> (more than once)',
    'command verify -n <value>',
    'command verify --no-exec',
    'command verify --via proxy',
    'command checks explain <id>',
    'exit code 0',
    'exit code 143',
    'check pods/ready',
    'cause rollout/under-way',
    'report schemaVersion = 1',
    'report checks[].id',
    'event schemaVersion = 1',
  ])
    expect(now).toContain(line);
});
