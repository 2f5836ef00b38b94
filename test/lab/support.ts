/** A plain client of the lab's API server: real TLS, nothing of the program under test. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import type { Lab } from '../../src/lab/lab.js';

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { token: string } }];
}

export interface Answer {
  status: number;
  contentType: string;
  text: string;
}

/** What the API answers, as far as tests look into it: whichever of these an object has. */
export interface Json {
  kind: string;
  apiVersion: string;
  type: string;
  name: string;
  code: number;
  reason: string;
  message: string;
  versions: string[];
  groups: { name: string; preferredVersion: { version: string } }[];
  resources: { name: string }[];
  metadata: {
    name: string;
    resourceVersion: string;
    continue: string;
    remainingItemCount: number;
    annotations: Record<string, string>;
  };
  data: Record<string, string>;
  spec: object;
  status: {
    phase: string;
    addresses: [{ address: string }];
    allowed: boolean;
    incomplete: boolean;
    resourceRules: [{ resources: string[] }];
  };
  endpoints: object[];
  containers: [{ usage: object }];
  object: Json;
  items: [Json, Json, ...Json[]];
  columnDefinitions: { name: string; priority: number }[];
  rows: [{ cells: (string | number)[]; object: Json }];
}

export function credentials(lab: Lab): { server: string; ca: Buffer; token: string } {
  const { clusters, users } = parse(readFileSync(lab.kubeconfigPath, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  return { server, ca: Buffer.from(ca, 'base64'), token: users[0].user.token };
}

export interface CallOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  token?: string | undefined;
}

/** Reads a body as JSON. */
export function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}

/** One request; any status is a result. */
export function call(lab: Lab, path: string, options: CallOptions = {}): Promise<Answer> {
  const { server, ca, token } = credentials(lab);
  const bearer = 'token' in options ? options.token : token;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server}${path}`,
      {
        method: options.method ?? 'GET',
        ca,
        agent: false,
        headers: {
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) }),
          ...options.headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            text: Buffer.concat(parts).toString('utf8'),
          });
        });
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

export async function getJson(lab: Lab, path: string, accept = 'application/json'): Promise<Json> {
  const { text } = await call(lab, path, { headers: { accept } });
  return parsed(text);
}

/** A path with query parameters. */
export function query(path: string, parameters: Record<string, string>): string {
  return `${path}?${new URLSearchParams(parameters).toString()}`;
}

export function names(list: Json): string[] {
  return list.items.map(({ metadata }) => metadata.name);
}

export interface Stream {
  /** Waits for one more line. */
  next: () => Promise<string>;
  ended: Promise<void>;
  close: () => void;
}

/** A request whose answer goes on. */
export function stream(lab: Lab, path: string): Stream {
  const { server, ca, token } = credentials(lab);
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const sent = request(`${server}${path}`, {
    ca,
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  });
  sent.on('error', end);
  sent.on('response', (response) => {
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        const taker = waiting.shift();
        if (taker) taker(line);
        else lines.push(line);
      }
    });
    response.on('end', end);
    response.on('error', end);
  });
  sent.end();
  return {
    next: () => {
      const line = lines.shift();
      return line === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(line);
    },
    ended,
    close: () => sent.destroy(),
  };
}

export interface Messages {
  protocol: string;
  /** Data of each channel, joined. */
  channels: Map<number, string>;
  closed: Promise<void>;
  socket: WebSocket;
}

/** Opens a WebSocket and gathers what comes on each channel. Rejects with the body when the server refuses. */
export function openChannels(lab: Lab, path: string, protocols: string[], token?: string): Promise<Messages> {
  const { server, ca, token: own } = credentials(lab);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.replace('https', 'wss')}${path}`, protocols, {
      ca,
      headers: { authorization: `Bearer ${token ?? own}` },
    });
    const channels = new Map<number, string>();
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? 0;
      channels.set(channel, (channels.get(channel) ?? '') + data.subarray(1).toString('utf8'));
    });
    socket.once('open', () => resolve({ protocol: socket.protocol, channels, closed, socket }));
    socket.once('unexpected-response', (_request, response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        reject(new Error(`${response.statusCode ?? 0} ${Buffer.concat(parts).toString('utf8')}`)),
      );
    });
    socket.once('error', reject);
  });
}
