/** Requests that are lost while pods restart: told with what restarts them, and with nothing else. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { restarted } from '../support/pod-states.js';
import { together, type Change } from '../support/service-states.js';

const ended = { exitCode: 0, reason: 'Completed' };

const restarts =
  (...pods: number[]): Change =>
  (evidence) => {
    for (const index of pods) restarted(evidence, index, ended, { secondsAgo: 20 });
  };

const refused =
  (...requests: ('docs' | 'tasks')[]): Change =>
  (evidence) => {
    const failed = { outcome: 'refused', detail: 'connection refused', status: undefined, body: '' };
    for (const each of requests) Object.assign(evidence[each], failed);
  };

describe('requests that were refused while every pod restarts', () => {
  test('are explained by what restarts them', async () => {
    const { diagnoses, unexplained } = await diagnosed(together(restarts(0, 1), refused('docs', 'tasks')));
    expect(unexplained).toEqual([]);
    expect(diagnoses[0]?.cause).toBe('crash/exits-cleanly');
    expect(diagnoses[0]?.symptoms).toEqual(
      expect.arrayContaining(['functional/api-docs', 'functional/auth-required', 'pods/restarts']),
    );
  });

  test('are not, while one pod serves all the time', async () => {
    const { unexplained } = await diagnosed(together(restarts(0), refused('docs')));
    expect(unexplained).toEqual(['functional/api-docs']);
  });

  test('are not, where nothing restarts', async () => {
    expect((await diagnosed(refused('docs'))).unexplained).toEqual(['functional/api-docs']);
  });

  test('an answer is never put down to it', async () => {
    const { diagnoses } = await diagnosed(
      together(restarts(0, 1), (evidence) => {
        Object.assign(evidence.docs, { status: 404 });
      }),
    );
    const exits = diagnoses.find(({ cause }) => cause === 'crash/exits-cleanly');
    expect(exits?.symptoms).not.toContain('functional/api-docs');
  });
});
