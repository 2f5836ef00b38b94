/** The frontend beside the backend. */
import type { Access } from './observed.js';
import type { VariableSource } from '../kube/effective-environment.js';
import type { HttpOutcome } from './route-facts.js';

/** Whether backend and frontend sign with the same BETTER_AUTH_SECRET. */
export interface FrontendFacts {
  installed: boolean;
  /** Where the frontend's value comes from, when it could be found. */
  secretName: string | undefined;
  /** undefined: the frontend's value could not be found. */
  authSecretMatches: boolean | undefined;
  /** False: its environment is known, and has no variable of that name. */
  signs?: boolean;
  /** Where it takes the signing secret from, which is not there. */
  missing?: { name: string; key: string | undefined };
}

/** What the frontend's environment says of the backend, and of itself. */
export interface FrontendUrlFacts {
  /** Name of its Deployment; undefined: there is none. */
  deployment: string | undefined;
  /** Its variables that say where the backend is. */
  urls: FrontendUrl[];
  /** First port of the backend's Service; absent where there is no frontend, or it could not be read. */
  backendPort?: number;
  /** Nothing but its own container listens in its pods. */
  isAlone: boolean;
  /** Where its variables say that its pages come from. */
  origins: { variable: string; origin: string }[];
}

/** A variable of the frontend that says where the backend is: scheme, host and port of its value, and nothing else of it. */
export interface FrontendUrl {
  variable: string;
  container: string;
  source: VariableSource;
  /** By its name it is built into what browsers load. */
  forBrowsers: boolean;
  /** `nowhere`: it is no URL, or a placeholder. */
  leads: 'service' | 'loopback' | 'elsewhere' | 'nowhere';
  /** Absent for `nowhere`, as host and port are. */
  origin?: string;
  host?: string;
  port?: number;
  /** The Service that the host names. */
  service?: FrontendService;
}

export interface FrontendService {
  name: string;
  namespace: string;
  /** Absent where its ports do not tell what it leads to (headless, ExternalName). */
  ports?: number[];
  /** There is no such Service. */
  missing?: boolean;
  /** Why it could not be looked at. */
  unread?: string;
  /** The permission that it takes. */
  access?: Access;
}

/** What the backend answers to the question that browsers ask before they send a request of another origin's page. */
export interface CorsFacts {
  /** Why nobody was asked, without a full stop; absent: somebody was. */
  skipped?: string;
  preflights: Preflight[];
}

export interface Preflight {
  /** Of the page, such as `http://localhost:30080`. */
  origin: string;
  /** What says that the frontend's pages come from there: `--origin`, `Ingress todo`, `BETTER_AUTH_URL of the frontend`. */
  from: string;
  /** False: it is one of several addresses at which they may be asked for. */
  certain: boolean;
  url: string;
  outcome: HttpOutcome;
  detail: string;
  status?: number;
  /** `access-control-allow-origin` and `-headers` as they came. */
  allowOrigin?: string;
  allowHeaders?: string;
  /** First line of the answer. */
  says?: string;
}
