/** Steps: does the container get a DATABASE_URL, is there a value behind it, and can it be read as one? */
import { rulesOf } from '../../causes/index.js';
import { defineStep, nameOf } from '../step.js';
import { broken, good, notReached, skipped, unclear } from '../tree.js';
import { urlSource, urlValue } from '../../computed/database-given.js';

export const envHop = defineStep({
  id: 'env',
  asks: 'Does the container get a DATABASE_URL, and from where?',
  reads: ['deployment', 'environment'],
  needs: ['cluster', 'deployment'],
  rulesOut: ['wiring of the variable'],
  rules: rulesOf('db/url-hardcoded', 'db/url-missing'),
  answer({ deployment, environment }, { context }, findings) {
    const source = urlSource(deployment, environment, context);
    switch (source.state) {
      case 'no-container':
        return notReached('no container');
      case 'given':
        return good(source.from);
      case 'unread':
        return unclear(source.why);
      case 'literal':
        return broken('a literal value', findings);
      case 'none':
        return broken(source.how, findings);
    }
  },
});

export const secretHop = defineStep({
  id: 'secret',
  asks: 'Is there a value behind it?',
  reads: ['secret', 'environment'],
  needs: ['cluster', 'env'],
  rulesOut: ['missing key'],
  rules: rulesOf('db/url-missing'),
  answer({ secret, environment }, { context }, findings) {
    const value = urlValue(secret, environment, context);
    switch (value.state) {
      case 'given':
        return good(value.length === undefined ? 'a value' : `${value.length} characters`);
      case 'other-way':
        return skipped('there is no DATABASE_URL to look into');
      default:
        return broken(value.state, findings);
    }
  },
});

export const urlHop = defineStep({
  id: 'url',
  asks: 'Is it a PostgreSQL connection string that demands TLS?',
  proves: ['config/database-url'],
  reads: ['secret', 'environment'],
  needs: ['cluster', 'env', 'secret'],
  rulesOut: ['DATABASE_URL', 'sslmode'],
  // In the order in which the problems matter.
  rules: rulesOf(
    'db/url-double-encoded',
    'db/shell-line',
    'db/placeholder',
    'db/url-quoted',
    'db/url-whitespace',
    'db/sqlite',
    'db/url-malformed',
    'db/url-unescaped',
    'db/driver-mismatch',
    'db/sslmode-missing',
    'db/sslmode-weak',
    'db/sslmode-invalid',
  ),
  answer({ secret, environment }, _, findings) {
    // What the container gets is what counts; what the Secret holds, only where that could not be told.
    const url = environment.databaseUrl ?? secret?.databaseUrl;
    if (!url) return notReached('no DATABASE_URL');
    if (findings.some(({ severity }) => severity !== 'warning')) return broken(nameOf(findings), findings);
    const mode = url.sslmode === undefined ? '' : `${url.sslParameter ?? 'sslmode'}=${url.sslmode}`;
    return good([url.scheme, mode].filter(Boolean).join(', '), { findings });
  },
});
