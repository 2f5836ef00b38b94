import { hasSpace } from './given-names.js';
import { UsageError } from './usage-error.js';

/** As browsers read it, but for what they strip: a text with white space or control characters in it is no URL. */
export function parseUrl(text: string): URL | undefined {
  return !hasSpace(text) && URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * Where the backend answers, as `--url` takes it: an http or https URL that request paths can be put behind.
 * @returns the URL without a trailing slash
 * @throws UsageError, which never quotes a password or a query
 */
export function parseBackendUrl(text: string): string {
  const hasScheme = /^https?:\/\//i.test(text);
  if (hasScheme && hasSpace(text))
    throw new UsageError('the URL has white space or control characters in it');
  const url = hasScheme ? parseUrl(text) : undefined;
  if (url === undefined) {
    const shown = /^[\w.:[\]-]{1,80}$/.test(text) ? ` '${text}'` : '';
    throw new UsageError(
      `the URL${shown} has no http:// or https:// in front, or no host: expected one such as http://localhost:8080`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      'the URL has credentials in it, which the backend does not take and every log would show: leave them out',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError(
      'the URL has a query or a fragment: only scheme, host, port and path can stand before the paths that are asked for',
    );
  }
  return url.href.replace(/\/+$/, '');
}

/**
 * Where pages come from, as `--origin` takes it: scheme, host and port, as browsers send it.
 * @throws UsageError
 */
export function parseOrigin(text: string): string {
  if (hasSpace(text)) throw new UsageError('the origin has white space or control characters in it');
  const url = parseUrl(text);
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash, url.pathname.replace(/^\/$/, '')].every(
      (part) => part === '',
    );
  if (isOrigin) return url.origin;
  throw new UsageError(
    'an origin has a scheme, a host and a port, and nothing behind it: such as http://localhost:3000',
  );
}
