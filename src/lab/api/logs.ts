/** GET …/pods/{name}/log: which log is asked for, and how much of it. */
import type { ContainerLog, LogQuery } from '../container-log.js';
import type { LabPod } from '../world.js';
import { given, wholeNumber } from './objects.js';
import { badRequest } from './status.js';

/** @throws ApiError 400 in the kubelet's words */
export function chooseLog(pod: LabPod, query: URLSearchParams): ContainerLog {
  const { metadata, spec, status } = pod.object;
  const container = given(query, 'container') ?? spec.containers[0]?.name;
  if (!spec.containers.some(({ name }) => name === container)) {
    throw badRequest(`container ${container ?? ''} is not valid for pod ${metadata.name}`);
  }
  const state = status?.containerStatuses?.find(({ name }) => name === container);
  if (query.get('previous') === 'true') {
    if (pod.previousLog === undefined) {
      throw badRequest(
        `previous terminated container "${container ?? ''}" in pod "${metadata.name}" not found`,
      );
    }
    return pod.previousLog;
  }
  const hasRun = state?.state?.running ?? state?.lastState?.terminated ?? state?.state?.terminated;
  if (hasRun === undefined) {
    const why = state?.state?.waiting?.reason ?? 'ContainerCreating';
    throw badRequest(
      `container "${container ?? ''}" in pod "${metadata.name}" is waiting to start: ${waitingWords(why)}`,
    );
  }
  return pod.log;
}

/** @throws ApiError 400 for values out of range */
export function logQuery(query: URLSearchParams, now: number): LogQuery {
  const sinceTime = query.get('sinceTime');
  if (sinceTime !== null && Number.isNaN(Date.parse(sinceTime))) {
    throw badRequest(`unable to decode query: parsing time "${sinceTime}" as RFC 3339 failed`);
  }
  if (sinceTime !== null && query.has('sinceSeconds')) {
    throw badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  const seconds = wholeNumber(query, 'sinceSeconds');
  const tail = query.has('tailLines') ? wholeNumber(query, 'tailLines') : undefined;
  return {
    ...(tail === undefined ? {} : { tailLines: tail }),
    ...(sinceTime !== null
      ? { sinceMs: Date.parse(sinceTime) }
      : seconds > 0
        ? { sinceMs: now - seconds * 1000 }
        : {}),
    ...(query.has('limitBytes') ? { limitBytes: wholeNumber(query, 'limitBytes') } : {}),
    timestamps: query.get('timestamps') === 'true',
  };
}

function waitingWords(reason: string): string {
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason;
}
