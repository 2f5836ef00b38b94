/** Two faults at the same time: both are told, and the one first that comes first on the way from pod to user. */
import { APPLICATION } from './application.js';
import { CONTAINERS } from './containers.js';
import type { Fault } from './fault.js';
import { MORE } from './more.js';
import { OBJECTS } from './objects.js';
import { PLACEMENT } from './placement.js';
import { RUNNING } from './running.js';
import { STARTING } from './starting.js';
import { URLS } from './urls.js';

const KNOWN = new Map(
  [...RUNNING, ...MORE, ...STARTING, ...APPLICATION, ...CONTAINERS, ...PLACEMENT, ...URLS, ...OBJECTS].map(
    (fault) => [fault.name, fault],
  ),
);

function known(name: string): Fault {
  const fault = KNOWN.get(name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}

/** The second fault is one that its object shows at once; it is caused first, so that it does not undo the other. */
function pair(first: string, second: string, expect?: Fault['expect']): Fault {
  const [a, b] = [known(first), known(second)];
  if (a.cause === null || b.cause === null) throw new Error('both faults of a pair need a cause');
  const union = (key: keyof Fault['expect']) => [
    ...new Set([...(a.expect[key] ?? []), ...(b.expect[key] ?? [])]),
  ];
  return {
    name: `${first}; and ${second.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`,
    steps: [...a.steps, ...b.steps],
    symptom: a.symptom,
    expect: expect ?? { fail: union('fail'), warn: union('warn'), unknown: union('unknown') },
    cause: a.cause,
    beside: [b.cause],
    ...(a.object !== undefined && { object: a.object }),
    undo: [...(a.undo ?? []), ...(b.undo ?? [])],
    notHealed: 'the other fault is still there',
  };
}

export const PAIRS: Fault[] = [
  pair('crash at import', 'Service selector that matches nothing'),
  pair('crash at import', 'node port changed'),
  pair('exception while starting', 'Service target port that nothing listens on'),
  pair('image tag that does not exist', 'Service selector that matches nothing'),
  pair('invalid image name', 'node port changed'),
  pair('local image never loaded into the node', 'database URL without a scheme'),
  pair('requests too large', 'Service target port that nothing listens on'),
  pair('node selector that no node has', 'database URL with sslmode=prefer'),
  pair('quota exceeded', 'Service selector that matches nothing'),
  pair('Pod Security forbids the pods', 'database URL in base64 twice'),
  pair('container that would run as root', 'node port changed'),
  pair('command that does not exist', 'Service target port that nothing listens on'),
  pair('driver that is not in the image', 'Service selector that matches nothing'),
  pair('wrong database password', 'node port changed'),
  pair('database that does not exist', 'Service selector that matches nothing'),
  pair('application listens on the loopback only', 'Service selector that matches nothing'),
  pair('readiness port that nothing listens on', 'node port changed'),
  pair('health endpoint behind a token', 'Service target port that nothing listens on'),
  pair('init container that fails', 'node port changed'),
  pair('container beside it that crashes', 'Service selector that matches nothing'),
];
