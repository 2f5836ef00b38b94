/** From a request to its answer: authorization, then the handler for what the path names. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Service } from '../../evidence/objects.js';
import type { Api, LabPod } from '../world.js';
import type { Cluster } from './cluster.js';
import { discover, servedTypes, versionInfo } from './discovery.js';
import { chooseLog, logQuery } from './logs.js';
import { metrics, statsSummary } from './metrics.js';
import { getObject, listObjects, type ObjectsRequest } from './objects.js';
import { parsePath, type ResourcePath } from './path.js';
import { parseReview } from './protobuf.js';
import { forward, parseTarget, serviceUpstream } from './proxy.js';
import { allowed, review, USER } from './reviews.js';
import { ApiError, badRequest, forbidden, methodNotAllowed, notFound, unavailable } from './status.js';
import { watchObjects } from './watch.js';

/** A review is a few hundred bytes. */
const MAX_BODY = 64 * 1024;

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  cluster: Cluster;
}

/** Answers an authenticated request. @throws ApiError */
export async function route(call: Call): Promise<void> {
  const { request, response, url, cluster } = call;
  const { method = 'GET' } = request;
  const segments = url.pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  if (serveWithoutResource(call, segments)) return;
  const path = parsePath(segments, servedTypes(cluster.world.metrics !== 'absent', cluster.world.others));
  if (path === undefined) {
    // Such as a scale subresource: that nothing can be changed says more than that it is not there.
    if (!/^(GET|HEAD)$/.test(method)) throw methodNotAllowed(method, url.pathname);
    sendNoSuchPath(response);
    return;
  }
  if (path.subresource === 'proxy') {
    authorize(cluster, path, method === 'GET' ? 'get' : 'create');
    serveProxy(call, path);
    return;
  }
  if (path.type.verbs.includes('create') && method === 'POST') {
    authorize(cluster, path, 'create');
    sendJson(response, 201, review(path.type.kind, await readReview(request), cluster.world.role));
    return;
  }
  if (method !== 'GET') throw methodNotAllowed(method, url.pathname);
  if (path.subresource === 'log') serveLog(call, path);
  else if (path.subresource !== undefined) throw badRequest('Upgrade request required');
  else serveObjects(call, path);
}

/** RBAC. @throws ApiError 403 */
export function authorize(cluster: Cluster, path: ResourcePath, verb: string): void {
  const { type, namespace, name, subresource } = path;
  if (cluster.recorded && subresource !== undefined && subresource !== 'log')
    throw new ApiError(403, 'Forbidden', cluster.recorded.refusal, { name, kind: type.plural });
  const resource = subresource === undefined ? type.plural : `${type.plural}/${subresource}`;
  const attributes = { verb, group: type.group, resource, name, namespace };
  if (!allowed(cluster.world.role, attributes)) throw forbidden(USER, attributes);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  contentType = 'application/json',
): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  });
  response.end(text);
}

/** Health, version and discovery. @returns false when the path is none of these */
function serveWithoutResource({ request, response, cluster }: Call, segments: string[]): boolean {
  const [root] = segments;
  if (root === 'healthz' || root === 'livez' || root === 'readyz') {
    sendText(response, 200, 'ok');
  } else if (root === 'version') {
    sendJson(response, 200, versionInfo(cluster.recorded?.version));
  } else if (root === 'openapi') {
    // kubectl does without it, except for `explain`.
    if (segments[1] === 'v3' && segments.length === 2) sendJson(response, 200, { paths: {} });
    else sendNoSuchPath(response);
  } else if (root === 'api' || root === 'apis') {
    const types = servedTypes(cluster.world.metrics !== 'absent', cluster.world.others);
    const found = discover(segments, request.headers.accept ?? '', types);
    if (found === undefined) return false;
    sendJson(response, 200, found.body, found.contentType);
  } else {
    return false;
  }
  return true;
}

function serveObjects({ request, response, url, cluster }: Call, path: ResourcePath): void {
  const { type, namespace, name } = path;
  const query = url.searchParams;
  const watching = name === undefined && (query.get('watch') === 'true' || query.get('watch') === '1');
  authorize(cluster, path, name !== undefined ? 'get' : watching ? 'watch' : 'list');
  const asked: ObjectsRequest = { type, namespace, query, accept: request.headers.accept ?? '' };
  if (type.group === 'metrics.k8s.io') {
    if (cluster.world.metrics === 'down')
      throw unavailable('the server is currently unable to handle the request');
    sendJson(response, 200, metrics(cluster.world, { ...asked, name }));
  } else if (watching) {
    const stop = watchObjects(
      cluster.store,
      asked,
      (line) => {
        if (!response.headersSent) startStream(response, 'application/json');
        response.write(line);
      },
      () => response.end(),
    );
    if (!response.headersSent) startStream(response, 'application/json');
    response.once('close', stop);
  } else if (name !== undefined) {
    sendJson(response, 200, getObject(cluster.store, { ...asked, name }));
  } else {
    sendJson(response, 200, listObjects(cluster.store, asked));
  }
}

function serveLog({ response, url, cluster }: Call, path: ResourcePath): void {
  authorize(cluster, path, 'get');
  const pod = findPod(cluster, path);
  const { name, namespace = '' } = pod.object.metadata;
  const kubelet = `https://${pod.object.status?.hostIP ?? ''}:10250`;
  requireKubelet(
    cluster,
    pod,
    `Get "${kubelet}/containerLogs/${namespace}/${name}/${pod.object.spec.containers[0]?.name ?? ''}"`,
  );
  const log = cluster.recorded?.log(pod, url.searchParams) ?? chooseLog(pod, url.searchParams);
  const query = logQuery(url.searchParams, Date.now());
  if (url.searchParams.get('follow') === 'true' && log === pod.log) {
    startStream(response, 'text/plain');
    response.once(
      'close',
      log.follow(query, (text) => response.write(text)),
    );
  } else {
    sendText(response, 200, log.read(query));
  }
}

function serveProxy({ request, response, url, cluster }: Call, path: ResourcePath): void {
  const { name = '', namespace, type, rest } = path;
  if (type.plural === 'nodes') {
    sendJson(response, 200, kubeletAnswer(cluster, path));
    return;
  }
  const target = parseTarget(name);
  const upstreamPath = `${rest}${url.search}`;
  const fail = (error: ApiError) => sendJson(response, error.code, error.status());
  const backendOf = (pod: string) => cluster.backend(pod);
  if (type.plural === 'services') {
    const service = cluster.store.get('services', namespace, target.name) as Api<Service> | undefined;
    if (service === undefined) throw notFound(type, target.name);
    forward(
      serviceUpstream(cluster.world, service, target.port, backendOf, cluster.dice),
      request,
      upstreamPath,
      response,
      fail,
    );
    return;
  }
  const pod = findPod(cluster, { ...path, name: target.name });
  const backend = cluster.backend(target.name);
  if (backend === undefined) throw unavailable(`address not allowed: pod ${target.name} has no address`);
  const port = Number(target.port || (pod.object.spec.containers[0]?.ports?.[0]?.containerPort ?? 80));
  forward(
    { backend, port, address: `${pod.object.status?.podIP ?? ''}:${port}` },
    request,
    upstreamPath,
    response,
    fail,
  );
}

/** What the kubelet of a node answers. @throws ApiError */
function kubeletAnswer({ world }: Cluster, { type, name = '', rest }: ResourcePath): object {
  const node = world.nodes.find(({ metadata }) => metadata.name === name);
  if (node === undefined) throw notFound(type, name);
  if (world.lostNodes.has(name)) {
    const [address] = node.status?.addresses ?? [];
    throw unavailable(
      `error trying to reach service: dial tcp ${address?.address ?? ''}:10250: connect: no route to host`,
    );
  }
  if (rest !== '/stats/summary')
    throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  return statsSummary(world, name);
}

/** Fails as the API server does when the kubelet of the pod's node does not answer. @throws ApiError 500 */
export function requireKubelet(
  { world }: Cluster,
  { object }: LabPod,
  words = 'error dialing backend',
): void {
  if (!world.lostNodes.has(object.spec.nodeName ?? '')) return;
  const address = `${object.status?.hostIP ?? ''}:10250`;
  throw new ApiError(500, 'InternalError', `${words}: dial tcp ${address}: connect: no route to host`);
}

/** @throws ApiError 404 */
export function findPod(cluster: Cluster, { type, name = '', namespace }: ResourcePath): LabPod {
  const pod = cluster.store.get(type.plural, namespace, name) ? cluster.pod(name) : undefined;
  if (pod === undefined) throw notFound(type, name);
  return pod;
}

function startStream(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendNoSuchPath(response: ServerResponse): void {
  sendText(response, 404, '404 page not found\n');
}

/** @throws ApiError 413 or 415 */
async function readReview(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY)
      throw new ApiError(413, 'RequestEntityTooLarge', 'the request is too large for a review');
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  try {
    return parseReview(body) ?? JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      'the body of the request is neither JSON nor Kubernetes protobuf',
    );
  }
}
