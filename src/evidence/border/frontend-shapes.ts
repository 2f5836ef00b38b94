/** The shapes of what is known of the frontend beside the backend. */
import type {
  CorsFacts,
  FrontendFacts,
  FrontendService,
  FrontendUrl,
  FrontendUrlFacts,
  Preflight,
} from '../evidence.js';
import { variableSource } from './config-shapes.js';
import { HTTP_OUTCOMES } from '../outcomes.js';
import { access, aFlag, all, aText } from './fact-parts.js';
import { amount, flag, list, need, object, oneOf, text } from './shape.js';

export const frontend = object<FrontendFacts>({
  installed: aFlag,
  secretName: text,
  authSecretMatches: flag,
  signs: flag,
  missing: object<NonNullable<FrontendFacts['missing']>>({ name: aText, key: text }),
});

export const frontendUrls = object<FrontendUrlFacts>({
  deployment: text,
  backendPort: amount,
  isAlone: aFlag,
  urls: all<FrontendUrl>({
    variable: aText,
    container: aText,
    source: need(variableSource),
    forBrowsers: aFlag,
    leads: need(oneOf('service', 'loopback', 'elsewhere', 'nowhere')),
    origin: text,
    host: text,
    port: amount,
    service: object<FrontendService>({
      name: aText,
      namespace: aText,
      ports: list(amount),
      missing: flag,
      unread: text,
      access,
    }),
  }),
  origins: all<FrontendUrlFacts['origins'][number]>({ variable: aText, origin: aText }),
});

export const cors = object<CorsFacts>({
  skipped: text,
  preflights: all<Preflight>({
    origin: aText,
    from: aText,
    certain: aFlag,
    url: aText,
    outcome: need(oneOf(...HTTP_OUTCOMES)),
    detail: aText,
    status: amount,
    allowOrigin: text,
    allowHeaders: text,
    says: text,
  }),
});
