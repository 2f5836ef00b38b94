/** The backend application of the lab: what it answers, and what it writes into its log. */
import { STATUS_CODES } from 'node:http';
import { DATABASE_HOST } from './manifests.js';
import type { AppBehaviour } from './world.js';

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  headers?: Record<string, string>;
  /** Milliseconds before it is sent. */
  delayMs?: number;
}

/** @param pod its own name, which the application reports in its health */
export function healthyApp(pod: string): AppBehaviour {
  return {
    port: 8000,
    health: {
      status: 200,
      body: { status: 'healthy', database: 'connected', environment: 'development', pod },
      delayMs: 0,
    },
    healthPaths: ['/api/health'],
    docs: true,
    tasksOpen: false,
  };
}

/**
 * @param target path and query as the request line has them
 * @param headers of the request, as Node gives them
 */
export function answer(
  app: AppBehaviour,
  method: string,
  target: string,
  headers: Readonly<Record<string, unknown>> = {},
): Answer {
  if (app.origins !== undefined && method === 'OPTIONS' && 'access-control-request-method' in headers)
    return preflight(app.origins, String(headers.origin));
  const path = target.split('?', 1)[0] ?? target;
  if (app.healthPaths.includes(path)) {
    return method === 'GET'
      ? { ...json(app.health.status, app.health.body), delayMs: app.health.delayMs }
      : notAllowed();
  }
  if (path === '/docs' && app.docs) return method === 'GET' ? html(SWAGGER_UI) : notAllowed();
  if (path === '/openapi.json' && app.docs) return method === 'GET' ? json(200, OPENAPI) : notAllowed();
  if (path === '/api/tasks') return method === 'GET' || method === 'POST' ? tasks(app, method) : notAllowed();
  return json(404, { detail: 'Not Found' });
}

/** uvicorn's access line. @param peer address and port */
export function accessLine(
  peer: string,
  method: string,
  target: string,
  status: number,
  version = '1.1',
): string {
  return `INFO:     ${peer} - "${method} ${target} HTTP/${version}" ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

/** What uvicorn and the application write until the first request. */
export function startupLines(pod: string): string[] {
  return [
    'INFO:     Started server process [1]',
    'INFO:     Waiting for application startup.',
    `INFO:     todo: Starting in development on ${pod}`,
    `INFO:     todo.database: Connecting to the database at ${DATABASE_HOST}`,
    `INFO:     todo.database: Database connection established (${DATABASE_HOST}, TLSv1.3)`,
    'INFO:     Application startup complete.',
    'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)',
  ];
}

function tasks(app: AppBehaviour, method: string): Answer {
  if (app.tasksOpen)
    return method === 'GET' ? json(200, [{ id: 1, title: 'Water the plants', done: false }]) : json(201, {});
  return { ...json(401, { detail: 'Not authenticated' }), headers: { 'www-authenticate': 'Bearer' } };
}

/** As Starlette's CORSMiddleware answers, with all methods and headers allowed. */
function preflight(origins: readonly string[], origin: string): Answer {
  const isAllowed = origins.includes('*') || origins.includes(origin);
  return {
    status: isAllowed ? 200 : 400,
    contentType: 'text/plain; charset=utf-8',
    body: isAllowed ? 'OK' : 'Disallowed CORS origin',
    headers: {
      vary: 'Origin',
      'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
      'access-control-max-age': '600',
      'access-control-allow-headers': 'authorization,content-type',
      ...(isAllowed && { 'access-control-allow-origin': origins.includes('*') ? '*' : origin }),
    },
  };
}

function notAllowed(): Answer {
  return json(405, { detail: 'Method Not Allowed' });
}

function json(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

function html(body: string): Answer {
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}

const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Todo chatbot backend', version: '1.0.0' },
  paths: {
    '/api/health': {
      get: { summary: 'Health', responses: { '200': { description: 'Successful Response' } } },
    },
    '/api/tasks': { get: { summary: 'Tasks', responses: { '200': { description: 'Successful Response' } } } },
  },
};

const SWAGGER_UI = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>Todo chatbot backend - Swagger UI</title>
<link type="text/css" rel="stylesheet" href="/static/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/static/swagger-ui-bundle.js"></script>
<script>
const ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', layout: 'BaseLayout' })
</script>
</body>
</html>
`;
