import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/same-revision.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST, SECOND] = POD_NAMES;
const setImage = (index: number, imageID: string | undefined) => (evidence: HealthyEvidence) => {
  Object.assign(evidence.pods[index]?.status?.containerStatuses?.[0] ?? {}, { imageID });
};
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe('pods/same-revision', () => {
  test('passes on one revision and one digest', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'all of ReplicaSet todo-chatbot-backend-6d5f9c7b4d, same image digest',
    });
  });

  test('fails on a pod of an older revision', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (pod) pod.metadata.labels = { 'pod-template-hash': 'old' };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['revision'] });
    expect(judged.findings[0]?.data).toMatchObject({ expected: '6d5f9c7b4d', found: 'old', pod: FIRST });
  });

  test('goes by the first ReplicaSet, which is the newest', () => {
    const judged = judge(check, ({ replicaSets }) =>
      replicaSets.unshift({ metadata: { name: 'new', labels: { 'pod-template-hash': 'new' } }, spec: {} }),
    );
    expect(judged.ids).toEqual(['revision', 'revision']);
  });

  test('fails on two images under one tag', () => {
    const judged = judge(check, setImage(1, `docker.io/library/todo-chatbot-backend@${digest('b')}`));
    expect(judged).toMatchObject({ status: 'fail', ids: ['image'] });
    expect(judged.messages).toEqual([
      `${SECOND}: container backend runs another image than ${FIRST} does, under the same tag`,
    ]);
    expect(judged.findings[0]?.data?.found).toBe(digest('b'));
  });

  test('compares images that were loaded into the node, too', () => {
    const loaded = (second: string) =>
      judge(check, (evidence) => {
        setImage(0, digest('a'))(evidence);
        setImage(1, second)(evidence);
      });
    expect(loaded(digest('a')).status).toBe('pass');
    expect(loaded(digest('b')).ids).toEqual(['image']);
  });

  test.each([undefined, '', digest('a')])('does not compare what cannot be compared: %s', (imageID) => {
    const judged = judge(check, setImage(1, imageID));
    expect(judged).toMatchObject({
      status: 'unknown',
      text: 'image digests cannot be compared (container backend)',
    });
  });

  describe('containers beside the application', () => {
    const beside = (index: number, image: string, imageID: string, ready = true) =>
      function (evidence: HealthyEvidence) {
        const pod = evidence.pods[index];
        pod?.spec.containers.unshift({ name: 'istio-proxy', image });
        pod?.status?.containerStatuses?.push({
          ...{ name: 'istio-proxy', image, imageID, ready },
          restartCount: 0,
          state: { running: { startedAt: '2026-02-09T13:58:03Z' } },
        });
      };
    const both = (...changes: ((evidence: HealthyEvidence) => void)[]) =>
      judge(check, (evidence) => {
        for (const each of changes) each(evidence);
      });
    const at = (letter: string) => `docker.io/istio/proxyv2@${digest(letter)}`;

    test('one that only the newer pod was given', () => {
      expect(both(beside(1, 'proxyv2:1.24', at('a'))).status).toBe('pass');
      expect(both(beside(0, 'proxyv2:1.24', at('a'))).status).toBe('pass');
    });

    test('of the version that the mesh had when the pod was made', () => {
      const judged = both(beside(0, 'proxyv2:1.23', at('a')), beside(1, 'proxyv2:1.24', at('b')));
      expect(judged.status).toBe('pass');
    });

    test('two images under the tag of one', () => {
      const judged = both(beside(0, 'proxyv2:latest', at('a')), beside(1, 'proxyv2:latest', at('b')));
      expect(judged).toMatchObject({ status: 'fail', ids: ['image'] });
      expect(judged.findings[0]?.data).toMatchObject({
        container: 'istio-proxy',
        field: 'status.containerStatuses[1].imageID',
      });
    });

    test('does not keep the application’s from being compared', () => {
      const judged = both(
        beside(0, 'proxyv2:latest', at('a')),
        setImage(1, `docker.io/library/todo-chatbot-backend@${digest('b')}`),
      );
      expect(judged.findings.map(({ data }) => data?.container)).toEqual(['backend']);
    });
  });

  describe('init containers and native sidecars', () => {
    const ended = { terminated: { exitCode: 0, reason: 'Completed' } };
    const runs = { running: { startedAt: '2026-02-09T13:58:03Z' } };
    const init = (name: string, image: string, restartPolicy?: 'Always') => ({
      name,
      image,
      ...(restartPolicy && { restartPolicy }),
    });
    /** Both pods with the init containers, each with its own images. */
    const judged = (
      containers: readonly ReturnType<typeof init>[],
      ...ids: readonly (readonly (string | undefined)[] | undefined)[]
    ) =>
      judge(check, ({ pods }) => {
        for (const [at, pod] of pods.entries()) {
          pod.spec.initContainers = containers.map((each) => ({ ...each }));
          const statuses = ids[at]?.map((imageID, index) => ({
            ...{ name: containers[index]?.name ?? '', image: '', ready: true, restartCount: 0 },
            ...(imageID !== undefined && { imageID }),
            state: containers[index]?.restartPolicy ? runs : ended,
          }));
          if (statuses) Object.assign(pod.status ?? {}, { initContainerStatuses: statuses });
        }
      });
    const at = (letter: string) => `docker.io/library/migrate@${digest(letter)}`;
    const migrate = init('migrate', 'migrate:latest');
    const proxy = init('proxy', 'proxyv2:latest', 'Always');

    test('pass with the same images', () => {
      expect(judged([migrate, proxy], [at('a'), at('b')], [at('a'), at('b')]).status).toBe('pass');
    });

    test('two migrations under one tag', () => {
      const { status, messages, findings } = judged([migrate], [at('a')], [at('b')]);
      expect(status).toBe('fail');
      expect(messages).toEqual([
        `${SECOND}: container migrate runs another image than ${FIRST} does, under the same tag`,
      ]);
      expect(findings[0]?.data).toMatchObject({
        expected: digest('a'),
        found: digest('b'),
        field: 'status.initContainerStatuses[0].imageID',
      });
    });

    test('two images of a native sidecar, at its own place in the list', () => {
      const { ids, findings } = judged([migrate, proxy], [at('a'), at('c')], [at('a'), at('d')]);
      expect(ids).toEqual(['image']);
      expect(findings[0]?.data).toMatchObject({
        container: 'proxy',
        field: 'status.initContainerStatuses[1].imageID',
      });
    });

    test('one that was loaded into one node and pulled by the other is not compared', () => {
      expect(judged([migrate], [at('a')], [digest('a')])).toMatchObject({
        status: 'unknown',
        text: 'image digests cannot be compared (container migrate)',
      });
    });

    test('one of which a node tells nothing is not taken for the same', () => {
      expect(judged([migrate], [at('a')], undefined).status).toBe('unknown');
      expect(judged([proxy], [at('a')], [undefined]).status).toBe('unknown');
    });

    test('the application’s images are compared where theirs cannot be', () => {
      const found = judge(check, (evidence) => {
        for (const { spec } of evidence.pods) spec.initContainers = [{ ...migrate }];
        setImage(1, `docker.io/library/todo-chatbot-backend@${digest('b')}`)(evidence);
      });
      expect(found.findings.map(({ data }) => data?.container)).toEqual(['backend']);
    });
  });

  test.each([0, 1])('is unknown where the node tells nothing of the containers of pod %d', (index) => {
    const judged = judge(check, ({ pods }) => {
      delete pods[index]?.status?.containerStatuses;
    });
    expect(judged.status).toBe('unknown');
  });

  test('is unknown without pods or ReplicaSets', () => {
    expect(judge(check, (evidence) => (evidence.pods = [])).status).toBe('unknown');
    expect(judge(check, (evidence) => (evidence.replicaSets = [])).status).toBe('unknown');
  });

  test('does not judge a pod that is ending', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (!pod) return;
      pod.metadata.labels = { 'pod-template-hash': 'old' };
      pod.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged.status).toBe('pass');
  });
});
