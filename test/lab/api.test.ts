/** The API server over real TLS: what client libraries ask of it, and the words in which it refuses. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { call, getJson, names, parsed, query, stream } from './support.js';

const PODS = '/api/v1/namespaces/default/pods';
const POD = `${PODS}/todo-chatbot-backend-6d5f9c7b4d-2k4xp`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

describe('discovery', () => {
  test('version and health are told to anybody, the rest is not', async () => {
    const version = await call(lab, '/version', { token: undefined });
    expect(parsed(version.text)).toMatchObject({ gitVersion: 'v1.34.1', major: '1', minor: '34' });
    expect(await call(lab, '/readyz', { token: undefined })).toMatchObject({ status: 200, text: 'ok' });
    expect((await call(lab, '/api', { token: undefined })).status).toBe(401);
    expect((await call(lab, PODS, { token: undefined })).status).toBe(401);
  });

  test('aggregated, as kubectl asks', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const answer = await call(lab, '/apis', { headers: { accept } });
    expect(answer.contentType).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const groups = parsed(answer.text).items.map((item) => item.metadata.name);
    expect(groups).toContain('apps');
    expect(groups).toContain('metrics.k8s.io');
  });

  test('in the old form, group by group', async () => {
    expect((await getJson(lab, '/api')).versions).toEqual(['v1']);
    const groups = (await getJson(lab, '/apis')).groups;
    expect(groups.find(({ name }) => name === 'discovery.k8s.io')?.preferredVersion.version).toBe('v1');
    expect((await getJson(lab, '/apis/apps')).name).toBe('apps');
    const resources = (await getJson(lab, '/api/v1')).resources;
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pods', 'pods/log', 'pods/exec', 'services/proxy']),
    );
    expect((await getJson(lab, '/apis/apps/v1')).resources.map(({ name }) => name)).toContain('deployments');
  });

  test('a path that no type has is 404 in plain text, as of the real server', async () => {
    for (const path of ['/apis/no.such', '/apis/apps/v2', '/api/v1/nothings', '/nothing', `${POD}/attach`]) {
      expect(await call(lab, path)).toEqual({
        status: 404,
        contentType: 'text/plain',
        text: '404 page not found\n',
      });
    }
  });
});

describe('get and list', () => {
  test('an object, and the words for one that is not there', async () => {
    expect(await getJson(lab, POD)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      status: { phase: 'Running' },
    });
    const answer = await call(lab, `${PODS}/nope`);
    expect(answer.status).toBe(404);
    expect(parsed(answer.text)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "nope" not found',
      reason: 'NotFound',
      details: { name: 'nope', kind: 'pods' },
      code: 404,
    });
    const deployment = await getJson(lab, '/apis/apps/v1/namespaces/default/deployments/nope');
    expect(deployment.message).toBe('deployments.apps "nope" not found');
  });

  test('items of a list carry no kind, and have resource versions', async () => {
    const list = await getJson(lab, PODS);
    expect(list.kind).toBe('PodList');
    expect(list.items).toHaveLength(2);
    expect(list.items[0].kind).toBeUndefined();
    expect(Number(list.items[0].metadata.resourceVersion)).toBeGreaterThan(0);
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      Number(list.items[0].metadata.resourceVersion),
    );
  });

  test('namespaces are told apart, and all of them at once', async () => {
    expect(names(await getJson(lab, '/api/v1/namespaces/kube-system/pods'))).toEqual([]);
    expect(names(await getJson(lab, '/api/v1/pods'))).toHaveLength(2);
    expect(names(await getJson(lab, '/api/v1/namespaces'))).toContain('kube-system');
    expect((await getJson(lab, '/api/v1/namespaces/default')).kind).toBe('Namespace');
  });

  test.each([
    ['app.kubernetes.io/component=backend', 2],
    ['app.kubernetes.io/component==backend', 2],
    ['app.kubernetes.io/component!=backend', 0],
    ['app.kubernetes.io/component in (frontend, backend)', 2],
    ['app.kubernetes.io/component notin (backend)', 0],
    ['app.kubernetes.io/component,!nothing', 2],
    ['!app.kubernetes.io/component', 0],
    ['app.kubernetes.io/component=backend,app.kubernetes.io/name=other', 0],
  ])('labelSelector %s', async (labelSelector, count) => {
    expect(names(await getJson(lab, query(PODS, { labelSelector })))).toHaveLength(count);
  });

  test.each([
    ['metadata.name=todo-chatbot-backend-6d5f9c7b4d-2k4xp', 1],
    ['status.phase=Running', 2],
    ['status.phase!=Running', 0],
    ['spec.nodeName=minikube,status.phase==Running', 2],
  ])('fieldSelector %s', async (fieldSelector, count) => {
    expect(names(await getJson(lab, query(PODS, { fieldSelector })))).toHaveLength(count);
  });

  test('selectors that cannot be are refused', async () => {
    expect(await getJson(lab, query(PODS, { fieldSelector: 'spec.image=x' }))).toMatchObject({
      code: 400,
      message: 'field label not supported: spec.image',
    });
    expect(await getJson(lab, query(PODS, { labelSelector: '=x' }))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    });
    expect(await getJson(lab, query(PODS, { limit: '-1' }))).toMatchObject({ code: 400 });
  });

  test('pages', async () => {
    const secrets = '/api/v1/namespaces/default/secrets';
    const first = await getJson(lab, query(secrets, { limit: '1' }));
    expect(first.metadata.remainingItemCount).toBe(1);
    const second = await getJson(lab, query(secrets, { limit: '1', continue: first.metadata.continue }));
    expect(second.metadata.continue).toBeUndefined();
    expect([...names(first), ...names(second)]).toEqual(names(await getJson(lab, secrets)));
  });

  test('a continue token that is too old is 410, one that is none is 400', async () => {
    const old = Buffer.from(
      JSON.stringify({ v: 'meta.k8s.io/v1', rv: 7, start: 'default/a\u0000' }),
    ).toString('base64url');
    expect(await getJson(lab, query(PODS, { limit: '1', continue: old }))).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    expect(await getJson(lab, query(PODS, { limit: '1', continue: 'x' }))).toMatchObject({ code: 400 });
  });

  test('metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1';
    const list = await getJson(lab, PODS, accept);
    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(list.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test('Table: columns, cells and what is wide', async () => {
    const pods = await getJson(lab, PODS, TABLE);
    expect(pods.kind).toBe('Table');
    expect(pods.columnDefinitions.map(({ name, priority }) => `${name}${priority === 0 ? '' : '*'}`)).toEqual(
      [
        ...['Name', 'Ready', 'Status', 'Restarts', 'Age'],
        ...['IP*', 'Node*', 'Nominated Node*', 'Readiness Gates*'],
      ],
    );
    expect(pods.rows[0].cells.slice(0, 5)).toEqual([
      'todo-chatbot-backend-6d5f9c7b4d-2k4xp',
      '1/1',
      'Running',
      '0',
      '30m',
    ]);
    expect(pods.rows[0].object.kind).toBe('PartialObjectMetadata');
    const whole = await getJson(lab, query(PODS, { includeObject: 'Object' }), TABLE);
    expect(whole.rows[0].object.spec).toBeDefined();
    const one = await getJson(lab, POD, TABLE);
    expect(one.rows).toHaveLength(1);
  });
});

describe('watch', () => {
  test('begins with what is there, and goes on with changes', async () => {
    const own = await startLab();
    const { next, close } = stream(
      own,
      query(PODS, { watch: 'true', labelSelector: 'app.kubernetes.io/component=backend' }),
    );
    const event = async () => parsed(await next());
    expect([(await event()).type, (await event()).type]).toEqual(['ADDED', 'ADDED']);
    await own.change(({ pods }) => {
      const status = pods[0]?.object.status;
      if (status) status.phase = 'Failed';
    });
    const modified = await event();
    expect(modified).toMatchObject({
      type: 'MODIFIED',
      object: { kind: 'Pod', status: { phase: 'Failed' } },
    });
    await own.change(({ pods }) => {
      const labels = pods[0]?.object.metadata.labels;
      if (labels) delete labels['app.kubernetes.io/component'];
    });
    expect((await event()).type).toBe('DELETED');
    await own.change(({ pods }) => void pods.splice(1, 1));
    const deleted = await event();
    expect(deleted.type).toBe('DELETED');
    expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(modified.object.metadata.resourceVersion),
    );
    close();
    await own.close();
  });

  test('from a resource version: only what is newer, and the end is a bookmark', async () => {
    const own = await startLab();
    const { metadata } = await getJson(own, PODS);
    await own.change(({ pods }) => {
      const pod = pods[1]?.object;
      if (pod) pod.metadata.labels = { ...pod.metadata.labels, changed: 'yes' };
    });
    const watch = stream(
      own,
      query(PODS, {
        watch: '1',
        resourceVersion: metadata.resourceVersion,
        timeoutSeconds: '1',
        allowWatchBookmarks: 'true',
      }),
    );
    expect(parsed(await watch.next())).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { labels: { changed: 'yes' } } },
    });
    expect(parsed(await watch.next())).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Pod' } });
    await watch.ended;
    await own.close();
  });

  test('a streamed list ends its first part with a bookmark', async () => {
    const watch = stream(
      lab,
      query('/api/v1/nodes', {
        watch: 'true',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      }),
    );
    expect(parsed(await watch.next()).type).toBe('ADDED');
    expect(parsed(await watch.next()).object.metadata.annotations).toEqual({
      'k8s.io/initial-events-end': 'true',
    });
    watch.close();
  });

  test('too old a resource version is an ERROR event with 410', async () => {
    const watch = stream(lab, query(PODS, { watch: 'true', resourceVersion: '1' }));
    expect(parsed(await watch.next())).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
    await watch.ended;
  });
});
