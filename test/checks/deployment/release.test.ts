import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/release.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { remedyText } from '../../../src/rule/fix.js';
import { judge, TARGET } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

const at = (...revisions: [number, string][]) =>
  revisions.map(([revision, status]) => ({ revision, status }));

describe('deployment/release', () => {
  test('passes with the newest revision', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'revision 1 deployed' });
  });

  test.each(['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'])(
    'fails while it is %s',
    (status) => {
      const { ids, messages } = judge(check, ({ release }) => {
        release.revisions = at([4, status], [3, 'deployed']);
      });
      expect(ids).toEqual(['pending']);
      expect(messages[0]).toBe(
        `revision 4 of release todo-chatbot is ${status}: the next helm upgrade will be refused`,
      );
    },
  );

  test('fails for the newest, whatever the one before came to, and quotes Helm', () => {
    const { ids, messages } = judge(check, ({ release }) => {
      release.revisions = at([2, 'failed'], [1, 'deployed']);
      release.description = 'Upgrade "todo-chatbot" failed: context deadline exceeded.';
    });
    expect(ids).toEqual(['failed']);
    expect(messages[0]).toBe(
      'revision 2 of release todo-chatbot has failed: Upgrade "todo-chatbot" failed: context deadline exceeded; its objects may be applied in part',
    );
  });

  test.each([
    [
      'to the last that was deployed',
      at([3, 'failed'], [2, 'superseded'], [1, 'superseded']),
      'helm rollback todo-chatbot -n default 2',
    ],
    [
      'not to one that failed',
      at([3, 'pending-upgrade'], [2, 'failed'], [1, 'superseded']),
      'helm rollback todo-chatbot -n default 1',
    ],
    [
      'to itself after a first install',
      at([1, 'pending-install']),
      'helm rollback todo-chatbot -n default 1   # if no helm command is still running; it does not run hooks of the installation',
    ],
    [
      'nowhere from an end',
      at([1, 'uninstalling']),
      'helm uninstall todo-chatbot -n default   # if no helm command is still running; then install again',
    ],
    ['nowhere after a first failure', at([1, 'failed']), 'helm history todo-chatbot -n default'],
  ])('the fix goes back %s', (_, revisions, remedy) => {
    const { findings } = judge(check, ({ release }) => {
      release.revisions = revisions;
    });
    expect(
      remedyText(check.meta.remedy({ contract: DEFAULT_CONTRACT, target: TARGET, now: NOW }, findings)),
    ).toBe(remedy);
  });

  test('where the release cannot be read, what is expected is not known', () => {
    expect(
      judge(check, ({ release }) => {
        release.unread = 'the stored Helm release is damaged: it is not JSON';
      }),
    ).toMatchObject({ status: 'unknown', text: expect.stringContaining('it is not JSON') });
    expect(judge(check, ({ release }) => void (release.revisions = []))).toMatchObject({ status: 'unknown' });
  });

  test('a contract of the user’s own makes up for it', () => {
    expect(
      judge(check, ({ release }) => Object.assign(release, { unread: 'damaged', isDeclared: true })),
    ).toMatchObject({ status: 'pass' });
    expect(
      judge(check, ({ release }) => Object.assign(release, { revisions: [], isDeclared: true })),
    ).toMatchObject({ status: 'skip' });
  });

  test('a failed or pending one is told whoever says what is expected', () => {
    expect(
      judge(check, ({ release }) =>
        Object.assign(release, { revisions: at([2, 'pending-upgrade']), isDeclared: true }),
      ).ids,
    ).toEqual(['pending']);
  });

  test('without Helm there is nothing to judge', () => {
    expect(
      judge(check, ({ release }) => Object.assign(release, { name: undefined, revisions: [] })),
    ).toMatchObject({
      status: 'skip',
    });
  });

  test('what was uninstalled and left its history is no longer Helm’s', () => {
    expect(
      judge(check, ({ release }) => {
        release.revisions = at([2, 'uninstalled'], [1, 'superseded']);
      }),
    ).toMatchObject({ status: 'skip', text: expect.stringContaining('was uninstalled at revision 2') });
  });

  test('a status that is new to Helm is shown as it is', () => {
    expect(judge(check, ({ release }) => void (release.revisions = at([5, 'hibernating'])))).toMatchObject({
      status: 'unknown',
      text: 'revision 5 of release todo-chatbot is hibernating, which may mean deployed or not',
    });
  });
});
