/** Watch: the changes after a resource version, one JSON line each, until the client goes or its timeout is over. */
import type { Api } from '../world.js';
import { matcher, wholeNumber, type ObjectsRequest } from './objects.js';
import { apiVersion, qualified } from './resources.js';
import { expired } from './status.js';
import type { Store, WatchEvent } from './store.js';
import { negotiate, partial, table } from './table.js';

/** The API server's --min-request-timeout: when a client sets none, a watch ends after half an hour. */
const DEFAULT_TIMEOUT_S = 1800;

/**
 * @param send takes one line
 * @param end is called when the server ends the watch
 * @returns stops it
 * @throws ApiError 400 for bad selectors
 */
export function watchObjects(
  store: Store,
  request: ObjectsRequest,
  send: (line: string) => void,
  end: () => void,
): () => void {
  const { type, namespace, query, accept } = request;
  const resource = qualified(type);
  const matches = matcher(request);
  const form = negotiate(accept);
  let definitions = true;
  const write = (kind: string, object: Api) => {
    const options = { now: Date.now(), includeObject: query.get('includeObject') ?? 'Metadata', definitions };
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const body =
      form === 'table'
        ? table(type, [object], metadata, options)
        : form === 'metadata'
          ? partial(object)
          : object;
    definitions = false;
    send(`${JSON.stringify({ type: kind, object: body })}\n`);
  };
  const bookmark = (annotations?: Record<string, string>) => {
    const metadata = { resourceVersion: String(store.version), ...(annotations ? { annotations } : {}) };
    send(
      `${JSON.stringify({ type: 'BOOKMARK', object: { kind: type.kind, apiVersion: apiVersion(type), metadata } })}\n`,
    );
  };

  const since = wholeNumber(query, 'resourceVersion');
  if (since !== 0 && since < store.oldest) {
    const error = expired(`too old resource version: ${since} (${store.oldest})`);
    send(`${JSON.stringify({ type: 'ERROR', object: error.status() })}\n`);
    end();
    return () => undefined;
  }
  if (since === 0 || query.get('sendInitialEvents') === 'true') {
    for (const object of store.list(resource, namespace).filter(matches)) write('ADDED', object);
  }
  if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });

  const stop = store.watch(since === 0 ? store.version : since, (event) => {
    if (
      event.resource === resource &&
      (namespace === undefined || event.object.metadata.namespace === namespace)
    ) {
      const kind = seenAs(event, matches);
      if (kind !== undefined) write(kind, event.object);
    }
  });
  const timer = setTimeout(
    () => {
      stop();
      if (query.get('allowWatchBookmarks') === 'true') bookmark();
      end();
    },
    (wholeNumber(query, 'timeoutSeconds') || DEFAULT_TIMEOUT_S) * 1000,
  );
  timer.unref();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** An object that no longer matches the selector is gone for this watch. */
function seenAs({ type, object }: WatchEvent, matches: (object: Api) => boolean): string | undefined {
  if (matches(object)) return type;
  return type === 'MODIFIED' ? 'DELETED' : undefined;
}
