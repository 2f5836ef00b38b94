/**
 * Pages in Chromium as people see them: at a width, light or dark, on a screen or on paper. Over the DevTools protocol, because
 * no window of Chromium is narrower than 500 pixels. On loopback; the browser ends with `close`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { chromium } from './chromium.js';

export interface View {
  /** CSS pixels. */
  width: number;
  dark: boolean;
  /** As it is printed, and not on a screen. */
  print?: boolean;
}

/** What a page is, once it is loaded. */
export interface Seen {
  /** CSS pixels from the left edge to the right end of what is widest. */
  scrollWidth: number;
  /** Elements that reach beyond the right edge, in words; those inside of what scrolls by itself are left out. */
  beyond: string[];
  /** Words that stand letter below letter. */
  squeezed: string[];
  /** Requests for anything but the page itself. */
  requests: string[];
  /** Scripts that were compiled, and what the console and the page's policy complain of. */
  scripts: string[];
  complaints: string[];
}

export interface Browser {
  see(file: string, view: View): Promise<Seen>;
  /** PNG of the whole page. */
  picture(file: string, view: View): Promise<Buffer>;
  /** PDF, as the browser prints it on A4. */
  pdf(file: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Runs in the page, by the protocol: the page itself runs nothing. */
const BEYOND = `(() => {
  const limit = document.documentElement.clientWidth;
  const scrolls = (element) => element !== null && (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  return JSON.stringify({
    scrollWidth: document.documentElement.scrollWidth,
    squeezed: [...document.body.querySelectorAll('*')]
      .filter((element) => element.children.length === 0 && element.textContent.trim().length > 8)
      .filter((element) => element.getClientRects().length > 0 && !element.closest('.hidden, svg'))
      .filter((element) => Math.max(...[...element.getClientRects()].map(({ width }) => width)) < 30)
      .map((element) => element.textContent.trim().slice(0, 60)),
    beyond: [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > limit + 0.5 && !scrolls(element))
      .map((element) => element.tagName.toLowerCase() + '.' + (element.getAttribute('class') ?? '') + ' ' + element.textContent.trim().slice(0, 60)),
  });
})()`;

/** @param folder of the browser's profile */
export async function startBrowser(folder: string): Promise<Browser> {
  const child = spawn(
    chromium ?? '',
    [
      ...[
        '--headless',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-sync',
      ],
      ...['--disable-component-update', '--disable-quic', '--hide-scrollbars', '--remote-debugging-port=0'],
      // Chromium's own sandbox does not start for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Chromium ended')));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, found] = /^DevTools listening on (ws:\/\/\S+)$/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const protocol = new Protocol(socket);
  return {
    see: (file, view) => withPage(protocol, file, view, (page) => page.seen()),
    picture: (file, view) => withPage(protocol, file, view, (page) => page.picture()),
    pdf: (file) => withPage(protocol, file, { width: 794, dark: false, print: true }, (page) => page.pdf()),
    close: async () => {
      const ended = once(child, 'exit');
      socket.terminate();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

class Protocol {
  #last = 0;
  readonly #open = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();

  constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as Message;
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#open.get(message.id)?.(message);
    });
  }

  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = (this.#last += 1);
    const answer = new Promise<Message>((resolve) => this.#open.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result = {}, error } = await answer;
    this.#open.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** @returns what ends it */
  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

interface Page {
  seen(): Promise<Seen>;
  picture(): Promise<Buffer>;
  pdf(): Promise<Buffer>;
}

async function withPage<T>(
  protocol: Protocol,
  file: string,
  { width, dark, print = false }: View,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, params: object = {}) => protocol.send(method, params, sessionId as string);
  const address = `file://${file}`;
  const requests: string[] = [];
  const scripts: string[] = [];
  const complaints: string[] = [];
  let isLoaded: () => void;
  const loaded = new Promise<void>((resolve) => (isLoaded = resolve));
  const mute = protocol.listen(({ sessionId: own, method, params = {} }) => {
    if (own !== sessionId) return;
    if (method === 'Page.loadEventFired') isLoaded();
    if (method === 'Network.requestWillBeSent') {
      const { url } = params.request as { url: string };
      if (url !== address) requests.push(url);
    }
    if (method === 'Debugger.scriptParsed' && params.url === address) scripts.push(address);
    if (method === 'Log.entryAdded') complaints.push((params.entry as { text: string }).text);
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params.exceptionDetails));
  });
  try {
    for (const domain of ['Page', 'Network', 'Debugger', 'Log', 'Runtime']) await send(`${domain}.enable`);
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await send('Emulation.setDeviceMetricsOverride', size);
    await send('Emulation.setEmulatedMedia', {
      media: print ? 'print' : 'screen',
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    });
    await send('Page.navigate', { url: address });
    await loaded;
    return await use({
      seen: async () => {
        const { result } = await send('Runtime.evaluate', { expression: BEYOND });
        const found = JSON.parse((result as { value: string }).value) as Pick<
          Seen,
          'scrollWidth' | 'beyond' | 'squeezed'
        >;
        return { ...found, requests, scripts, complaints };
      },
      picture: async () => {
        const shot = { format: 'png', captureBeyondViewport: true };
        const { data } = await send('Page.captureScreenshot', shot);
        return Buffer.from(data as string, 'base64');
      },
      pdf: async () => {
        const { data } = await send('Page.printToPDF', { paperWidth: 8.27, paperHeight: 11.69 });
        return Buffer.from(data as string, 'base64');
      },
    });
  } finally {
    mute();
    await protocol.send('Target.closeTarget', { targetId });
  }
}
