/** That a permission is missing is told by a field of whoever could not look, and by no word of a sentence. */
import { describe, expect, test } from '@jest/globals';
import type { Access } from '../../src/evidence/evidence.js';
import { diagnosed, type Circumstances } from '../support/diagnosed.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { ago } from '../support/pod-states.js';

const EXEC: Access = { verb: 'create', group: '', resource: 'pods/exec' };
const LOGS: Access = { verb: 'get', group: '', resource: 'pods/log' };
const PROXY: Access = { verb: 'get', group: '', resource: 'services/proxy' };
const NODES: Access = { verb: 'list', group: '', resource: 'nodes', clusterScoped: true };
const refused = (access: Access) =>
  ({ ok: false, at: ago(0), why: 'forbidden', detail: 'Cannot look', access }) as const;

type Change = (evidence: HealthyEvidence) => void;

describe('the permission is named', () => {
  test.each<[string, Access, Change, Circumstances]>([
    [
      'of one pod’s log, which a check reads',
      LOGS,
      ({ logs }) => {
        for (const each of logs) each.log = refused(LOGS);
      },
      { topic: 'db' },
    ],
    [
      'of a program in the pods, which a check reads',
      EXEC,
      ({ inPod }) => {
        for (const each of inPod) each.probe = refused(EXEC);
      },
      { topic: 'db' },
    ],
    [
      'of the ladder to the database, which a step consults',
      EXEC,
      ({ databaseLadder }) => {
        databaseLadder.pods = refused(EXEC);
      },
      { topic: 'db' },
    ],
    [
      'of what would prove that this backend answers',
      PROXY,
      ({ route }) => {
        route.proof = { state: 'open', by: undefined, says: 'nothing could be compared', access: PROXY };
      },
      { topic: 'service' },
    ],
    [
      'of the nodes’ addresses',
      NODES,
      (evidence) => {
        evidence.vantage.nodes = [];
        evidence.vantage.user = { ...evidence.vantage.user, outcome: 'refused', status: undefined };
        evidence.route.nodesUnread = 'Cannot look';
        evidence.route.nodesAccess = NODES;
        evidence.route.via = 'proxy';
        evidence.route.provesNodePort = false;
        evidence.route.tried = [{ url: 'http://localhost:30081', outcome: 'refused', detail: 'refused' }];
      },
      { topic: 'service' },
    ],
    [
      'of the events',
      { verb: 'list', group: '', resource: 'events' },
      () => undefined,
      {
        topic: 'health',
        unread: { events: refused({ verb: 'list', group: '', resource: 'events' }) },
      },
    ],
    [
      'of a Secret whose changes are compared',
      { verb: 'list', group: '', resource: 'secrets' },
      ({ drift }) => {
        const access = { verb: 'list', group: '', resource: 'secrets' };
        drift.unread.push({ kind: 'Secret', name: 's', why: 'forbidden', detail: 'Cannot look', access });
      },
      { topic: 'pods' },
    ],
  ])('%s', async (_, { verb, resource }, change, circumstances) => {
    const { diagnoses, exitCode } = await diagnosed(change, circumstances);
    const told = diagnoses.filter(({ cause }) => cause === 'evidence/forbidden');
    expect(told.map(({ verdict }) => verdict)).toContain('inconclusive');
    const commands = told.flatMap(({ fix }) => fix.map(({ command }) => command));
    expect(commands).toContainEqual(expect.stringContaining(`${verb} --resource=${resource}`));
    expect(exitCode).toBe(3);
  });
});

test.each<[string, Change, Circumstances]>([
  [
    'an application that says that its health is forbidden',
    ({ health }) => {
      health.json = { status: 'forbidden' };
      health.body = '{"status":"forbidden"}';
    },
    {},
  ],
  [
    'a proxy before the API server that forbids it in its own name',
    () => undefined,
    {
      topic: 'health',
      unread: {
        events: {
          ok: false,
          at: ago(0),
          why: 'failed',
          detail:
            'Cannot list events: HTTP 403 (forbidden, but not by Kubernetes itself: a proxy in between?)',
        },
      },
    },
  ],
  [
    'a Helm release with a status of that word',
    ({ release }) => {
      const [newest] = release.revisions;
      if (newest) newest.status = 'forbidden';
      release.name = 'todo';
    },
    {},
  ],
])('no permission is missing: %s', async (_, change, circumstances) => {
  const { diagnoses, causes, exitCode } = await diagnosed(change, circumstances);
  expect(causes).not.toContain('evidence/forbidden');
  expect(JSON.stringify(diagnoses)).toContain('forbidden');
  expect(JSON.stringify(diagnoses)).not.toContain('create role');
  expect(exitCode).not.toBe(0);
});
