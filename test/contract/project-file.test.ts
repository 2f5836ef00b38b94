import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findProjectFile, PROJECT_FILE } from '../../src/cli/project-file.js';
import { resolveContract } from '../../src/contract/resolve.js';

const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-project-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const nodePortOf = async (contractFile: string) =>
  (await resolveContract({ valuesFiles: [], sets: [], contractFile })).contract.backend.service.nodePort;

test('holds the contract itself, or its path seen from the file', async () => {
  const inline = write(PROJECT_FILE, 'contract:\n  backend:\n    service: {nodePort: 31001}\n');
  expect(await nodePortOf(inline)).toBe(31001);
  write('other.yaml', 'backend:\n  service: {nodePort: 31002}\n');
  expect(await nodePortOf(write(PROJECT_FILE, 'contract: other.yaml\n'))).toBe(31002);
});

test('has no other key, and says where a fault stands', async () => {
  const file = write(PROJECT_FILE, 'contract: {}\nother: {}\n');
  await expect(nodePortOf(file)).rejects.toThrow('2:1: other: unknown key; expected contract or defaults');
  const wrong = write(PROJECT_FILE, 'contract:\n  backend: {service: {nodePort: x}}\n');
  await expect(nodePortOf(wrong)).rejects.toThrow(`${PROJECT_FILE}:2:`);
});

test('is found upwards', () => {
  const file = write(PROJECT_FILE, 'contract: {}\n');
  expect(findProjectFile(folder)).toBe(file);
  expect(findProjectFile(path.join(folder, 'a', 'b'))).toBe(file);
  expect(findProjectFile('/')).toBeUndefined();
});
