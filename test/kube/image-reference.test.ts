import { describe, expect, test } from '@jest/globals';
import { normaliseRepository, parseImage } from '../../src/kube/image-reference.js';
import { LINEAR_MS } from '../support/patience.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseImage', () => {
  test.each([
    ['app', 'docker.io/library/app', 'latest', undefined],
    ['app:1.2', 'docker.io/library/app', '1.2', undefined],
    ['me/app', 'docker.io/me/app', 'latest', undefined],
    ['docker.io/app:x', 'docker.io/library/app', 'x', undefined],
    ['index.docker.io/me/app:x', 'docker.io/me/app', 'x', undefined],
    ['localhost/app', 'localhost/app', 'latest', undefined],
    ['localhost:5000/app', 'localhost:5000/app', 'latest', undefined],
    ['localhost:5000/a/b:1', 'localhost:5000/a/b', '1', undefined],
    ['ghcr.io/o/a__b/c-d:v1', 'ghcr.io/o/a__b/c-d', 'v1', undefined],
    [`app@${DIGEST}`, 'docker.io/library/app', undefined, DIGEST],
    [`app:1@${DIGEST}`, 'docker.io/library/app', '1', DIGEST],
  ])('%s', (text, repository, tag, digest) => {
    expect(parseImage(text)).toEqual({ repository, tag, digest });
  });

  test.each([
    '',
    ':latest',
    'app:',
    'App',
    'a b',
    'app:x:y',
    'app@sha256:short',
    '/app',
    'a//b',
    'https://x/app',
  ])('refuses %p', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  test('long nonsense is refused in no time', () => {
    const began = performance.now();
    expect(parseImage(`${'a-'.repeat(500_000)}!`)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(LINEAR_MS);
  });

  test('a contract’s repository is normalised the same way', () => {
    expect(normaliseRepository('todo-chatbot-backend')).toBe('docker.io/library/todo-chatbot-backend');
  });
});
