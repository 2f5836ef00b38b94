/** `checks list` and `checks explain`. */
import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { renderExplanation, type ExplainedCheck } from '../../src/report/explain.js';
import { renderList, type ListedCheck } from '../../src/report/list.js';
import { decideStyle } from '../../src/report/style.js';
import { expectGolden } from './golden.js';

const LISTED: ListedCheck[] = [
  {
    id: 'cluster/reachable',
    title: 'The API server answers',
    severity: 'error',
    contractSection: 'Verification Steps',
  },
  {
    id: 'config/auth-secret-matches-frontend',
    title:
      'Backend and frontend sign with the same BETTER_AUTH_SECRET, so that a token of one is good for the other',
    severity: 'error',
    contractSection: 'Kubernetes Resources: Secret',
  },
  {
    id: 'functional/health-latency',
    title: 'The | health endpoint is light',
    severity: 'warning',
    contractSection: 'Health Checks: Liveness Probe',
  },
];

const EXPLAINED: ExplainedCheck = {
  id: 'config/database-url',
  title: 'DATABASE_URL is a PostgreSQL connection string that demands TLS',
  failureTitle: 'DATABASE_URL is not a connection string that the backend can use',
  why: 'Neon refuses plain connections; with prefer a downgrade would go unnoticed',
  severity: 'error',
  contractSection: 'Database Connectivity: Connection Requirements',
  reads: [
    { evidence: 'secret', permissions: ['get secrets'] },
    { evidence: 'target', permissions: [] },
  ],
  role: 'todo-k8s checks role --only config/database-url',
  needs: ['config/secret'],
  messages: [
    { id: 'sslmode-weak', text: 'sslmode is {found}' },
    {
      id: 'url-whitespace',
      text: 'the value begins or ends with white space, which becomes a part of the database’s name',
    },
  ],
  remedy:
    "helm upgrade todo-chatbot ./helm/todo-chatbot --reset-then-reuse-values --set-string backend.secrets.DATABASE_URL='…'",
  example: 'sslmode is prefer',
  fix: [
    {
      kind: 'fix',
      command:
        "helm upgrade todo-chatbot ./helm/todo-chatbot --reset-then-reuse-values --set-string backend.secrets.DATABASE_URL='…'",
    },
  ],
};

const style = (columns: number, color = false) => decideStyle({ isTTY: false, columns, env: {}, color });

describe('checks list', () => {
  test.each([40, 80, 120])('as text at %i columns', async (columns) => {
    const text = await renderList(LISTED, 'text', style(columns), true);
    expectGolden(`list.${columns}.txt`, text);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('in a pipe a record is a line, its fields apart by tabs', async () => {
    const lines = (await renderList(LISTED, 'text', style(40), false)).trimEnd().split('\n');
    expect(lines).toHaveLength(LISTED.length);
    expect(lines.map((line) => line.split('\t'))).toEqual(
      LISTED.map(({ id, title, severity, contractSection }) => [id, severity, title, contractSection]),
    );
  });

  test('as JSON and YAML', async () => {
    expect(JSON.parse(await renderList(LISTED, 'json', style(80), true))).toEqual(LISTED);
    expect(parseYaml(await renderList(LISTED, 'yaml', style(80), true))).toEqual(LISTED);
  });

  test('as Markdown', async () => {
    expect((await renderList(LISTED, 'markdown', style(80), true)).split('\n')).toEqual([
      '| check | what must hold | severity | contract |',
      '|---|---|---|---|',
      '| `cluster/reachable` | The API server answers | error | Verification Steps |',
      expect.stringContaining('BETTER\\_AUTH\\_SECRET'),
      '| `functional/health-latency` | The \\| health endpoint is light | warning | Health Checks: Liveness Probe |',
      '',
    ]);
  });
});

describe('checks explain', () => {
  test.each([40, 80, 120])('as text at %i columns', async (columns) => {
    expectGolden(`explain.${columns}.txt`, await renderExplanation(EXPLAINED, 'text', style(columns)));
    expectGolden(
      `explain.${columns}.color.txt`,
      await renderExplanation(EXPLAINED, 'text', style(columns, true)),
    );
  });

  test('as JSON and YAML', async () => {
    expect(JSON.parse(await renderExplanation(EXPLAINED, 'json', style(80)))).toEqual(EXPLAINED);
    expect(parseYaml(await renderExplanation(EXPLAINED, 'yaml', style(80)))).toEqual(EXPLAINED);
  });
});
