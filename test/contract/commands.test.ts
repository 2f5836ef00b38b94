import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import ContractInit from '../../src/commands/contract/init.js';
import ContractSchemaCommand from '../../src/commands/contract/schema.js';
import ContractShow from '../../src/commands/contract/show.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { resolveContract } from '../../src/contract/resolve.js';
import { temporaryFile, temporaryFolder } from './files.js';

const root = process.cwd();

interface Runnable {
  run(argv: string[], options: { root: string }): Promise<unknown>;
}

/** Collects what is written to a stream; calls back as a real stream does, which commands wait for. */
function capture(stream: NodeJS.WriteStream) {
  let text = '';
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    text += chunk.toString();
    const done = rest.at(-1);
    if (typeof done === 'function') (done as () => void)();
    return true;
  };
  const spy = jest.spyOn(stream, 'write').mockImplementation(write);
  return () => {
    spy.mockRestore();
    return text;
  };
}

async function run(command: Runnable, ...argv: string[]) {
  process.exitCode = 0;
  const endStdout = capture(process.stdout);
  const endStderr = capture(process.stderr);
  try {
    await command.run(argv, { root });
  } finally {
    endStdout();
    endStderr();
  }
  return { stdout: endStdout(), stderr: endStderr(), exitCode: process.exitCode };
}

describe('contract show', () => {
  test('shows each value with its origin, in columns', async () => {
    const file = temporaryFile('values.yaml', 'backend:\n  image:\n    tag: "1.4"\n');
    const { stdout, exitCode } = await run(
      ContractShow,
      '--offline',
      '-f',
      file,
      '--set',
      'backend.replicaCount=4',
    );
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^backend\.replicaCount +4 +--set$/);
    expect(stdout).toMatch(/^backend\.image\.tag +1\.4 +.*values\.yaml:3$/m);
    expect(stdout).toMatch(/^backend\.service\.nodePort +30081 +contract default$/m);
    expect(stdout).toContain('\n  \\bOperationalError\\b\n');
    const columns = lines
      .filter((line) => line.endsWith('contract default'))
      .map((line) => line.indexOf('contract default'));
    expect(new Set(columns).size).toBe(1);
  });

  test('-o json holds contract and origins', async () => {
    const { stdout } = await run(ContractShow, '--offline', '-o', 'json', '--set', 'backend.env.REGION=eu');
    const shown = JSON.parse(stdout) as {
      contract: unknown;
      origins: Record<string, string>;
      notices: string[];
    };
    expect(shown.contract).toEqual({
      ...DEFAULT_CONTRACT,
      backend: { ...DEFAULT_CONTRACT.backend, env: { ...DEFAULT_CONTRACT.backend.env, REGION: 'eu' } },
    });
    expect(shown.origins).toMatchObject({
      'backend.env.REGION': '--set',
      'backend.env.LOG_LEVEL': 'contract default',
    });
    expect(shown.notices).toEqual([]);
  });

  test('-o yaml is a contract file that says the same', async () => {
    const { stdout } = await run(
      ContractShow,
      '--offline',
      '-o',
      'yaml',
      '--set',
      'backend.replicaCount=4,allowed.logLevels={INFO}',
    );
    expect(stdout).toContain('replicaCount: 4 # --set\n');
    expect(stdout).toContain('  # contract default\n  environments:\n');
    const resolved = await resolveContract({
      valuesFiles: [],
      contractFile: temporaryFile('c.yaml', stdout),
      sets: [],
    });
    expect(resolved.contract).toEqual(parse(stdout));
    expect(resolved.contract).toMatchObject({
      backend: { replicaCount: 4 },
      allowed: { logLevels: ['INFO'] },
    });
  });

  test('a faulty file is exit code 2, one line for each problem, and no stack', async () => {
    const file = temporaryFile('contract.yaml', 'backend:\n  replicaCount: two\n  x: 1\n');
    const { stdout, stderr, exitCode } = await run(ContractShow, '--offline', '--contract', file);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${file}:3:3: backend.x: unknown key; expected one of replicaCount, `);
    expect(stderr).toContain(
      `${file}:2:17: backend.replicaCount: expected a whole number from 0 to 10000, found the text "two"\n`,
    );
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('contract schema', () => {
  test('prints a JSON Schema with meaning and section of each field', async () => {
    const { stdout } = await run(ContractSchemaCommand);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: {
        backend: {
          properties: {
            replicaCount: {
              type: 'integer',
              default: 2,
              section: 'Configuration Parameters: Replica Configuration',
            },
          },
        },
      },
    });
  });
});

describe('contract show --diff', () => {
  test('shows what differs, with the written contract’s value', async () => {
    const { stdout } = await run(
      ContractShow,
      '--offline',
      '--diff',
      '--set',
      'labels=any,backend.env.LOG_LEVEL=absent',
    );
    expect(stdout).toMatch(/^labels +any +written contract: helm +--set$/m);
    expect(stdout).toMatch(/^backend\.env\.LOG_LEVEL +absent +written contract: INFO$/m);
    expect(stdout).not.toContain('replicaCount');
  });

  test('says when nothing does', async () => {
    expect((await run(ContractShow, '--offline', '--diff')).stdout).toBe(
      'nothing differs from the written contract\n',
    );
  });
});

describe('contract init', () => {
  test('prints a commented file that loads back to the written contract', async () => {
    const { stdout } = await run(ContractInit);
    expect(stdout).toContain(
      '  # Number of pods. (Configuration Parameters: Replica Configuration)\n  replicaCount: 2\n',
    );
    const resolved = await resolveContract({
      valuesFiles: [],
      contractFile: temporaryFile('contract.yaml', stdout),
      sets: [],
    });
    expect(resolved.contract).toEqual(DEFAULT_CONTRACT);
    // Each value is really in the file.
    expect([...resolved.origins].filter(([, { layer }]) => layer !== 'contract')).toEqual([]);
  });

  test('has a comment above every key but the environment’s own', async () => {
    const lines = (await run(ContractInit)).stdout.split('\n');
    const bare = lines.filter(
      (line, index) => /^ *[\w]+:/.test(line) && !/^ *#/.test(lines[index - 1] ?? ''),
    );
    expect(bare.map((line) => line.trim())).toEqual(['ENVIRONMENT: development', 'LOG_LEVEL: INFO']);
  });

  test('writes a file, and overwrites one only when told to', async () => {
    const file = path.join(temporaryFolder(), 'contract.yaml');
    const { stdout, stderr } = await run(ContractInit, file);
    expect(stdout).toBe('');
    expect(stderr).toBe(`Wrote ${file}. Next: todo-k8s contract show --contract ${file}\n`);
    const written = readFileSync(file, 'utf8');

    writeFileSync(file, 'mine');
    const refused = await run(ContractInit, file);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: `todo-k8s: ${file} exists; --force overwrites it\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');

    await run(ContractInit, file, '--force');
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  test('a file that cannot be written is told, and nothing is left behind', async () => {
    const file = path.join(temporaryFolder(), 'none', 'contract.yaml');
    const { stderr, exitCode } = await run(ContractInit, file);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`cannot write ${file}`);
    expect(existsSync(file)).toBe(false);

    const folder = path.join(temporaryFolder(), 'folder');
    mkdirSync(folder);
    expect((await run(ContractInit, folder, '--force')).exitCode).not.toBe(0);
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});
