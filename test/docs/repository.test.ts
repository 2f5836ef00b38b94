/** What a repository needs that others carry on: these files refer to each other, and to what there is. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = process.cwd();
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  engines: { node: string };
  repository: { url: string };
  bugs: { url: string };
  homepage: string;
};
const github = readdirSync(join(root, '.github'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yml'),
);

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { steps: { run?: string; uses?: string }[] }>;
}

test('each workflow runs the gate, with no more rights than it needs', () => {
  const workflows = github.filter((file) => file.startsWith('workflows'));
  expect(workflows.length).toBeGreaterThan(1);
  for (const file of workflows) {
    const { permissions, jobs } = parse(read(join('.github', file))) as Workflow;
    expect({ file, permissions }).toEqual({ file, permissions: { contents: 'read' } });
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run));
    expect(runs).toContain('.ci/run');
  }
  expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
});

test('what GitHub reads is YAML', () => {
  for (const file of github) expect(parse(read(join('.github', file)))).toEqual(expect.any(Object));
});

test('the Node of .nvmrc is one that the package is tried on', () => {
  const version = read('.nvmrc').trim();
  expect(read('scripts/node-matrix.ts')).toContain(`'${version}'`);
  const oldest = manifest.engines.node.replace('>=', '');
  expect(read('scripts/node-matrix.ts')).toContain(`'${oldest}'`);
});

test('the version has its part of CHANGELOG.md, below Unreleased', () => {
  const versions = [...read('CHANGELOG.md').matchAll(/^## \[([^\]]+)\](?: - \d{4}-\d\d-\d\d)?$/gm)].map(
    ([, name]) => name,
  );
  expect(versions[0]).toBe('Unreleased');
  expect(versions[1]).toBe(manifest.version);
});

/** Where the version is written down, besides package.json: whoever releases finds here what to change. */
const VERSIONED: Record<string, RegExp> = {
  'package-lock.json': /"name": "todo-k8s",\s+"version": "([^"]+)"/g,
  'deploy/helm/todo-k8s/Chart.yaml': /^(?:version: |appVersion: ")([\d.]+)/gm,
  'action.yml': /^ {4}default: (\d+\.\d+\.\d+)$/gm,
  Dockerfile: /image\.version="([^"]+)"/g,
  'README.md': /todo-k8s(?:@v|:|-)(\d+\.\d+\.\d+)/g,
  'docs/outputs.md': /todo-k8s@v([\d.]+)/g,
  'examples/ci/github.yml': /todo-k8s@v([\d.]+)/g,
  'examples/ci/gitlab.yml': /todo-k8s@([\d.]+)/g,
  'examples/ci/Jenkinsfile': /todo-k8s@([\d.]+)/g,
  '.github/ISSUE_TEMPLATE/wrong-verdict.yml': /todo-k8s\/([\d.]+)/g,
};

test.each(Object.entries(VERSIONED))('%s names the version', (file, pattern) => {
  const named = [...read(file).matchAll(pattern)].map(([, version]) => version);
  expect(named.length).toBeGreaterThan(0);
  expect(new Set(named)).toEqual(new Set([manifest.version]));
});

test('all files name the same home', () => {
  const home = /github\.com\/([\w.-]+\/[\w.-]+)\.git$/.exec(manifest.repository.url)?.[1] ?? '';
  expect(home).not.toBe('');
  expect(manifest.homepage).toContain(home);
  expect(manifest.bugs.url).toContain(home);
  const files = [
    'SECURITY.md',
    'CODE_OF_CONDUCT.md',
    'docs/VERSIONING.md',
    ...github.map((file) => `.github/${file}`),
  ];
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/github\.com\/([\w.-]+\/[\w.-]+)/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(2);
  expect([...new Set(named)]).toEqual([home]);
});

test('each decision says when it was made, and in which state it is', () => {
  const sections = read('docs/DECISIONS.md').split(/^## /m).slice(1);
  const without = sections.filter(
    (text) => !/^.*\n\n(Proposed|Accepted|Replaced by [^,\n]+), \d{4}-\d\d-\d\d[.;]/.test(text),
  );
  expect(without.map((text) => text.split('\n')[0])).toEqual([]);
});

test('links between documents lead somewhere', () => {
  const pages = [
    'README.md',
    'SECURITY.md',
    ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ];
  const dead = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target = '']) => join(page, '..', target))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page}: ${target}`),
    );
  expect(dead).toEqual([]);
});
