/**
 * Where a frontend is told that its backend is, and where its own pages come from, by the variables of its containers. Of a
 * URL only scheme, host and port are kept: the rest may hold credentials. Pure.
 */
import type { Variable } from '../kube/effective-environment.js';
import type { FrontendUrl } from './evidence.js';
import { hostOf, portOf } from './url-parts.js';

/** What bundlers build into the code that browsers load. */
const FOR_BROWSERS = /^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|VUE_APP|GATSBY|PUBLIC)_/;
const IS_URL = /(^|_)(URL|URI|ORIGIN|ENDPOINT|BASE|HOST)$/;
const OF_BACKEND = /(^|_)(API|BACKEND|SERVER|FASTAPI|TODO|TASKS?|CHAT|CHATBOT)(_|$)/;
/** The frontend's own address, as its authentication library and its links need it. */
const OWN =
  /^(BETTER_AUTH|NEXTAUTH|AUTH|APP|SITE|WEB|WEBSITE|FRONTEND|CLIENT)(_(BASE|PUBLIC|APP|SITE))?_(URL|ORIGIN)$/;
/** APIs of others. */
const FOREIGN =
  /(^|_)(OPENAI|OPENROUTER|ANTHROPIC|GEMINI|GOOGLE|GROQ|COHERE|AI|SENTRY|POSTHOG|OTEL|STRIPE|DAPR|KAFKA|REDIS)(_|$)/;
/** What stands where somebody forgot to put the value. */
const PLACEHOLDER = /^(undefined|null)(\/|$)|\/\/(undefined|null)([:/]|$)|[<{]|\byour-|CHANGE_?ME/i;

/** A variable that says where the backend is; `undefined` for any other, and for a path on the frontend's own host. */
export function backendUrl(
  { name, value, source }: Variable,
  container: string,
  namespace: string,
): FrontendUrl | undefined {
  const bare = name.replace(FOR_BROWSERS, '');
  const text = (value ?? '').trim();
  if (text === '' || text.startsWith('/') || !IS_URL.test(bare) || OWN.test(bare)) return undefined;
  if (!OF_BACKEND.test(bare) || FOREIGN.test(bare)) return undefined;
  const shared = { variable: name, container, source, forBrowsers: FOR_BROWSERS.test(name) };
  const url = PLACEHOLDER.test(text) ? undefined : parse(text);
  if (url === undefined) return { ...shared, leads: 'nowhere' };
  const host = hostOf(url);
  const place = { ...shared, origin: url.origin, host, port: portOf(url) };
  if (/^(localhost|127\.[\d.]+|::1|0\.0\.0\.0)$/.test(host)) return { ...place, leads: 'loopback' };
  const service = serviceOf(host, namespace);
  return service === undefined ? { ...place, leads: 'elsewhere' } : { ...place, leads: 'service', service };
}

/** Where the frontend says that its own pages come from. */
export function ownOrigin({ name, value }: Variable): string | undefined {
  if (!OWN.test(name.replace(FOR_BROWSERS, ''))) return undefined;
  const text = (value ?? '').trim();
  return /^https?:\/\//i.test(text) && !PLACEHOLDER.test(text) ? parse(text)?.origin : undefined;
}

/** Without a scheme it is read as http, as a proxy's configuration puts it together. */
function parse(text: string): URL | undefined {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

/**
 * The Service that a pod of this namespace reaches by a name. Of two labels the second is a namespace or a domain: it is
 * taken for a namespace only where it is this one.
 */
function serviceOf(host: string, namespace: string): { name: string; namespace: string } | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(':')) return undefined;
  const [name = '', second, third] = host.replace(/\.$/, '').split('.');
  if (second === undefined) return { name, namespace };
  if (third === 'svc') return { name, namespace: second };
  return third === undefined && second === namespace ? { name, namespace } : undefined;
}
