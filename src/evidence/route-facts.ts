/** The way to the backend, and what it answers. */
import type { Access } from './observed.js';
import type { HttpOutcome } from './outcomes.js';

export type { HttpOutcome } from './outcomes.js';
/** Whether what answers at a route is this backend. */
export interface RouteProof {
  /** `refused`: something else answers; `open`: neither could be shown. */
  state: 'proven' | 'refused' | 'open';
  /** What proves it: the way itself, a pod's access log, a pod's name in the answer, or the same answer by the Service proxy. */
  by: 'way' | 'access-log' | 'pod-name' | 'proxy' | undefined;
  /** What was seen, without a full stop. */
  says: string;
  /** The permission without which nothing could be compared. */
  access?: Access;
}

/** What leads to the Service from outside of the cluster, besides a node port. */
export interface OutsideFacts {
  /** Type of the Service. */
  type: string;
  /** Where its load balancer answers; absent for another type, empty while it is pending. */
  balancer?: string[];
  /** Paths of Ingresses that lead to it. */
  ingresses: IngressWay[];
  /** Why Ingresses could not be listed. */
  unread?: string;
  /** The permission that it takes to list them. */
  access?: Access;
}

/** What is wrong with an Ingress: its class, its controller, the Service or port that it names, the Secret of its certificate. */
export interface IngressFault {
  is: 'class' | 'controller' | 'service' | 'port' | 'tls' | 'path' | 'host';
  /** Without a full stop. */
  says: string;
}

/** One path of an Ingress that leads to the Service, or that is meant to. */
export interface IngressWay {
  ingress: string;
  /** Empty: any. */
  host: string;
  path: string;
  /** Where the health endpoint is asked for on it; undefined where the path does not lead there, or is rewritten. */
  url?: string;
  /** Where its controller answers. */
  addresses: string[];
  /** What keeps it from working, without a full stop. */
  problems: string[];
  /** The same by what it is; absent where nothing does, and in bundles of versions that did not tell. */
  faults?: IngressFault[];
}

/** How the backend is reached over HTTP, and what that way can prove. */
export interface Route {
  /** `none`: no candidate answered. */
  via: 'url' | 'nodeport' | 'loadbalancer' | 'ingress' | 'service' | 'proxy' | 'port-forward' | 'none';
  /** Such as `http://localhost:30081`, without a trailing slash; empty for `none`. */
  baseUrl: string;
  /** Every candidate tried, in order, with what happened. */
  tried: { url: string; outcome: HttpOutcome | 'not-tried'; detail: string; access?: Access }[];
  /** True where each request passes kube-proxy, so that load balancing can be judged. */
  balances: boolean;
  /** True where the route is the contract's NodePort on a node or on localhost. */
  provesNodePort: boolean;
  /** Absent for `none`, and in bundles of versions that did not ask. */
  proof?: RouteProof;
  /** Why the nodes' addresses are not known, where the node port could be asked at localhost alone. */
  nodesUnread?: string;
  /** The permission that it takes to list the nodes. */
  nodesAccess?: Access;
  /** Absent where the Service is of type NodePort, and where a way was asked for. */
  outside?: OutsideFacts;
}

/** One HTTP exchange; redirects are not followed, the body is capped at 1 MiB. */
export interface HttpExchange {
  url: string;
  outcome: HttpOutcome;
  /** In words, for every outcome but `response`. */
  detail: string;
  /** The permission that is missing, where the API server passes nothing on without it. */
  access?: Access;
  status: number | undefined;
  contentType: string | undefined;
  location: string | undefined;
  /** First 64 KiB of the decoded body as text, sanitised and redacted. */
  body: string;
  truncated: boolean;
  /** Body as JSON where the content type says so and it parses. */
  json: unknown;
  jsonError: string | undefined;
  /** Milliseconds from the start of the request to the end of the body. */
  ms: number;
}
