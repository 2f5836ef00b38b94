/** Secrets that cannot be read as what they should be are secrets all the same: none of them is quoted anywhere. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { startLab } from '../../src/lab/lab.js';
import { verify } from '../faults/support/verify.js';
import { canaryForms } from './canaries.js';

const PASSWORD = 'cAn4ryPassword';
const MALFORMED: Record<string, string> = {
  'no URL at all': `${PASSWORD} is not a connection string`,
  'without its scheme': `canary_user:${PASSWORD}@db.neon.tech/todo`,
  'with an @ in the password': `postgresql://canary_user:${PASSWORD}@x@db.neon.tech:5432/todo?sslmode=require`,
  'with a slash in the password': `postgresql://canary_user:${PASSWORD}/x@db.neon.tech:5432/todo?sslmode=require`,
  'with a # in the password': `postgresql://canary_user:${PASSWORD}#x@db.neon.tech:5432/todo?sslmode=require`,
  'in quotation marks': `"postgresql://canary_user:${PASSWORD}@db.neon.tech:5432/todo?sslmode=require"`,
  'encoded twice': Buffer.from(`postgresql://canary_user:${PASSWORD}@db.neon.tech/todo`).toString('base64'),
  'with a port that is none': `postgresql://canary_user:${PASSWORD}@db.neon.tech:${PASSWORD}/todo?sslmode=require`,
  'with another scheme': `mysql://canary_user:${PASSWORD}@db.neon.tech:3306/todo?sslmode=${PASSWORD}`,
  'on two lines': `postgresql://canary_user:${PASSWORD}\n@db.neon.tech:5432/todo?sslmode=require\n`,
};

const folder = mkdtempSync(path.join(os.tmpdir(), 'malformed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.entries(MALFORMED))('DATABASE_URL %s', async (_, value) => {
  const lab = await startLab('healthy', { secrets: { DATABASE_URL: value, BETTER_AUTH_SECRET: `${PASSWORD}-short` } });
  try {
    const formats = ['json', 'yaml', 'junit', 'markdown', 'github', 'wide', 'html', 'prometheus', 'events'];
    const outputs = formats.flatMap((format) => ['-o', `${format}=${path.join(folder, format)}`]);
    const { exitCode, stdout, stderr } = await verify('--kubeconfig', lab.kubeconfigPath, '--url', lab.url, '-v', ...outputs);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('config/database-url');
    const everything = [stdout, stderr, ...formats.map((format) => readFileSync(path.join(folder, format), 'utf8'))];
    for (const form of canaryForms([value, PASSWORD])) expect(everything.join('\n').includes(form)).toBe(false);
  } finally {
    await lab.close();
  }
});
