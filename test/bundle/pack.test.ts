/** What packing does with what it must not keep, with what is too large, and with what is the same. */
import { expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { packBundle, type PackInput } from '../../src/evidence/bundle/pack.js';
import type { EvidenceKey, Observed } from '../../src/evidence/evidence.js';
import { createRedactor } from '../../src/evidence/redaction.js';
import { CANARIES, canaryForms } from '../scenarios/canaries.js';
import { TARGET } from '../support/check-context.js';
import { healthyEvidence } from '../support/healthy.js';

const AT = '2026-02-09T14:05:00.000Z';

function input(change: (facts: Record<string, unknown>) => void = () => undefined): PackInput {
  const facts = healthyEvidence() as unknown as Record<string, unknown>;
  change(facts);
  const recording = new Map(
    Object.entries(facts).map(([key, value]): [EvidenceKey, Observed<unknown>] => [
      key as EvidenceKey,
      { ok: true, at: AT, value },
    ]),
  );
  return {
    recording,
    redactor: createRedactor(),
    head: {
      tool: { name: 'todo-k8s', version: '0.0.0' },
      run: { command: 'collect', arguments: [], options: {} },
      startedAt: AT,
      finishedAt: AT,
      judgedAt: AT,
      target: TARGET,
      contract: structuredClone(DEFAULT_CONTRACT),
      origins: {},
      notices: [],
      result: null,
    },
  };
}

/** Every file but the manifest, which holds checksums: the parts of a tar archive that are no header and no padding. */
function contentsOf(text: string): string[] {
  const tar = Buffer.from(text);
  const contents: string[] = [];
  for (let at = 0; tar[at] !== 0;) {
    const size = parseInt(tar.subarray(at + 124, at + 136).toString(), 8);
    contents.push(tar.subarray(at + 512, at + 512 + size).toString());
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return contents.slice(1);
}

async function packed(from: PackInput) {
  const { manifest, bytes } = await packBundle(from);
  const file = Buffer.concat(bytes);
  return { manifest, file, text: gunzipSync(file).toString() };
}

test('the same evidence makes the same bytes', async () => {
  expect((await packed(input())).file.equals((await packed(input())).file)).toBe(true);
});

test('a canary that the reader let through is hidden, in every form, in names and in copies', async () => {
  const forms = canaryForms();
  const from = input((facts) => {
    const lines = forms.map((form) => ({ at: AT, text: `before ${form} after` }));
    facts.logs = [
      { pod: 'p', log: { ok: true, at: AT, value: { lines, fromStart: true, gap: false, startedAt: AT } } },
    ];
    facts.events = forms.map((form) => ({
      metadata: { name: form },
      message: form,
      involvedObject: { name: form },
    }));
  });
  for (const value of Object.values(CANARIES)) from.redactor.add(value);
  const { text, manifest } = await packed(from);
  for (const value of Object.values(CANARIES)) {
    expect(canaryForms([value]).filter((form) => text.includes(form))).toEqual([]);
  }
  expect(text).toContain('before (value hidden) after');
  expect(manifest.redactions.find(({ path }) => path === 'evidence/logs.json')?.count).toBeGreaterThan(5);
});

test('nothing but the canary is changed', async () => {
  const secret = CANARIES.BETTER_AUTH_SECRET;
  const from = () =>
    input((facts) => {
      const lines = Array.from({ length: 500 }, (_, index) => ({
        at: AT,
        text: `line ${index}: GET /api/health 200 cAn4ry- ${index % 7 === 0 ? `token=${secret};` : ''} <b>&amp;`,
      }));
      facts.logs = [
        { pod: 'p', log: { ok: true, at: AT, value: { lines, fromStart: true, gap: false, startedAt: AT } } },
      ];
    });
  const open = await packed(from());
  const redacting = from();
  redacting.redactor.add(secret);
  const closed = await packed(redacting);
  expect(open.text).toContain(secret);
  const expected = contentsOf(open.text).map((content) =>
    content
      .replaceAll(JSON.stringify(secret).slice(1, -1), '(value hidden)')
      .replaceAll(secret, '(value hidden)'),
  );
  expect(contentsOf(closed.text)).toEqual(expected);
});

test('a canary over the borders of parts is hidden', async () => {
  const secret = 'cAn4ry-over-the-border-0123456789';
  // Long lists are written in parts of 256 KiB: in one of the positions the border goes through the canary.
  for (let shift = 0; shift < 60; shift += 7) {
    const from = input((facts) => {
      facts.namespacePods = Array.from({ length: 4000 }, (_, index) => ({
        name: `pod-${index}-${'x'.repeat(shift)}`,
        labels: { a: index % 3 === 0 ? secret : 'b'.repeat(80) },
      }));
    });
    from.redactor.add(secret);
    const { text } = await packed(from);
    expect(text.includes(secret)).toBe(false);
    expect(text.match(/"a":"\(value hidden\)"/g)?.length).toBe(1334);
  }
});

test('what does not fit is left out by name, and is then unknown; the copies go first', async () => {
  const from = { ...input(), maxBytes: 20_000 };
  const { manifest, text } = await packed(from);
  expect(manifest.leftOut.length).toBeGreaterThan(0);
  expect(manifest.files.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(20_000);
  expect(text.match(/"why": "not-collected"/g)).toHaveLength(
    manifest.leftOut.filter((each) => each.startsWith('evidence/')).length,
  );
  expect(text).toContain('"why": "not-collected"');
  const all = await packed(input());
  expect(all.manifest.leftOut).toEqual([]);
});
