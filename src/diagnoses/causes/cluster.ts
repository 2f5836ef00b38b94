import { defineCauses } from '../cause.js';

/** What keeps anybody from looking. */
export const CLUSTER_CAUSES = defineCauses([
  {
    id: 'cluster/unreachable',
    topic: 'service',
    title: 'The API server cannot be reached',
    severity: 'error',
    why: 'without it nothing can be said about the backend, which may be down or serve as usual',
    seen: 'GET /version fails: refused, timed out, no such host, or a certificate that is not trusted',
    remedy: 'start the cluster, or choose the context that is meant: kubectl config get-contexts',
    explains: ['*'],
  },
  {
    id: 'evidence/forbidden',
    topic: 'pods',
    title: 'A permission to look is missing',
    severity: 'error',
    why: 'what may not be read cannot be judged: it may hold the cause, or be as it should',
    seen: 'the API server answers 403 and names verb and resource',
    remedy: 'grant what todo-k8s checks role prints',
    explains: [],
  },
  {
    id: 'evidence/unreadable',
    topic: 'pods',
    title: 'Something could not be looked at',
    severity: 'error',
    why: 'what could not be read cannot be judged: it may hold the cause, or be as it should',
    seen: 'a call to the API server or to a kubelet failed or took too long, or what is asked for is not there to be asked',
    remedy: 'mend what the reason says, then run the doctor again',
    explains: [],
  },
]);
