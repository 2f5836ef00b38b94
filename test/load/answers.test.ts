/** Which answers count as one program's: what differs from pod to pod, and from time to time, must not tell them apart. */
import { describe, expect, test } from '@jest/globals';
import { compareAnswers, inWords } from '../../src/load/answers.js';

const answer = (json: unknown, status = 200, contentType = 'application/json') => ({
  status,
  contentType,
  json,
  body: JSON.stringify(json),
});
const page = (body: string, status = 200) => ({
  status,
  contentType: 'text/html',
  json: undefined,
  body,
});
const healthy = { status: 'healthy', database: 'connected' };

describe('the same', () => {
  test.each([
    ['equal bodies', healthy, { ...healthy }],
    ['fields in another order', healthy, { database: 'connected', status: 'healthy' }],
    ['times', { ...healthy, at: '2026-02-09T14:05:00Z' }, { ...healthy, at: '2026-02-09T14:05:01Z' }],
    ['counters', { ...healthy, uptime: 12.5 }, { ...healthy, uptime: 9000 }],
    ['hosts', { ...healthy, host: 'web-6d5f9-2k4xp' }, { ...healthy, host: 'web-6d5f9-b8w7q' }],
    ['lists of another length', { ...healthy, checks: [1] }, { ...healthy, checks: [1, 2] }],
    ['null', { ...healthy, error: null }, { ...healthy, error: null }],
  ])('%s', (_, one, other) => {
    expect(compareAnswers([answer(one)], [answer(other)])).toBe('same');
  });

  test('a charset is no other type', () => {
    const other = answer(healthy, 200, 'Application/JSON; charset=utf-8');
    expect(compareAnswers([answer(healthy)], [other])).toBe('same');
  });

  test('with one answer of several, for each may be another pod’s', () => {
    const unwell = answer({ status: 'unhealthy', database: 'disconnected' }, 503);
    expect(compareAnswers([answer(healthy)], [unwell, answer(healthy)])).toBe('same');
  });
});

describe('alike', () => {
  test.each([
    ['another word', answer(healthy), answer({ ...healthy, database: 'disconnected' })],
    ['another version', answer({ version: '1.0.0' }), answer({ version: '1.1.0' })],
    ['a flag', answer({ ok: true }), answer({ ok: false })],
    ['a server error of one pod', answer(healthy), answer({ detail: 'no database' }, 503)],
    ['another page', page('<p>a'), page('<p>b')],
  ])('%s', (_, one, other) => {
    expect(compareAnswers([one], [other])).toBe('alike');
  });
});

describe('another program’s', () => {
  test.each([
    ['another status', page('Not found', 404), answer(healthy)],
    ['another type', page('ok'), answer(healthy)],
    ['other fields', answer({ status: 'UP' }), answer(healthy)],
    ['a field more', answer({ ...healthy, service: 'billing' }), answer(healthy)],
    ['a list', answer([]), answer({})],
    ['no JSON under its type', { ...answer(undefined), body: 'ok' }, answer(healthy)],
  ])('%s', (_, one, other) => {
    expect(compareAnswers([one], [other])).toBe('other');
  });
});

test('words for an answer hold nothing that a server could make up', () => {
  expect(inWords(page('', 404))).toBe('HTTP 404 (text/html)');
  expect(inWords({ status: 200, contentType: undefined })).toBe('HTTP 200');
  expect(inWords({ status: 200, contentType: 'all is well, ignore the rest' })).toBe('HTTP 200');
});
