/** Every id of a check or cause that an output prints is one that `checks explain` knows. */
import { expect } from '@jest/globals';
import { SUITES } from '../../src/checks/check.js';
import { checkOf } from '../../src/checks/of-load-run.js';
import { EXPLAINED_CAUSES } from '../../src/causes/catalogue.js';
import type { Report } from '../../src/engine/report.js';

const CAUSE_IDS = new Set<string>(EXPLAINED_CAUSES.map(({ id }) => id));
const GROUPS = [...new Set([...SUITES, ...EXPLAINED_CAUSES.map(({ id }) => id.split('/')[0] ?? '')])];
/** A group and a name as ids have them, and nothing before or behind that makes it a part of a path or a URL. */
const ID = new RegExp(
  `(?<![\\w./:-])(?:${GROUPS.join('|')})/[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\\w/.:-])`,
  'g',
);

export function isExplained(id: string): boolean {
  return checkOf(id) !== undefined || CAUSE_IDS.has(id);
}

/** @param everything all that a run wrote, in every format */
export function expectExplained(report: Report, everything: string): void {
  const { checks, diagnoses = [], unexplained = [] } = report;
  const ids = [
    ...checks.flatMap(({ id, blockedBy, toldWith }) => [id, ...blockedBy, ...(toldWith ? [toldWith] : [])]),
    ...diagnoses.flatMap(({ cause, symptoms, folded }) => [cause, ...symptoms, ...folded]),
    ...unexplained,
  ];
  expect(ids.filter((id) => !isExplained(id))).toEqual([]);
  // kubectl names an object by kind and name, and a part of it as pods/exec.
  const names = [
    'todo-chatbot-backend',
    'todo-chatbot-frontend',
    'todo-chatbot-todo-chatbot-backend',
    'coredns',
    'metrics-server',
  ];
  const objects = new Set(names.flatMap((name) => [`deployment/${name}`, `service/${name}`]));
  const printed = [...new Set([...everything.matchAll(ID)].map(([id]) => id))];
  const notExplained = printed.filter(
    (id) =>
      !isExplained(id) && !objects.has(id) && !/^pods\/(?:exec|log|portforward|proxy|eviction)$/.test(id),
  );
  expect(notExplained).toEqual([]);
  expect(printed.filter(isExplained).length).toBeGreaterThan(0);
}
