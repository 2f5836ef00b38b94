/** Failures as the API server words them (metav1.Status). */
import { qualified, type ResourceType } from './resources.js';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** HTTP status. */
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: Record<string, unknown>,
  ) {
    super(message);
  }

  /** The body of the response. */
  status(): object {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

export function notFound(type: ResourceType, name: string): ApiError {
  const details = { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural };
  return new ApiError(404, 'NotFound', `${qualified(type)} "${name}" not found`, details);
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** The API server gave up revisions as old as this one. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

export function methodNotAllowed(method: string, path: string): ApiError {
  const message = `the lab is read-only: the server does not allow ${method} on ${path}`;
  return new ApiError(405, 'MethodNotAllowed', message);
}

export function unavailable(message: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', message);
}

export interface Attributes {
  verb: string;
  group: string;
  /** With the subresource, such as `pods/log`. */
  resource: string;
  name: string | undefined;
  namespace: string | undefined;
}

/** RBAC's refusal, word for word. */
export function forbidden(user: string, { verb, group, resource, name, namespace }: Attributes): ApiError {
  const [plural = resource] = resource.split('/');
  const subject = `${qualified({ plural, group })}${name === undefined ? '' : ` "${name}"`}`;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  const details = {
    ...(name === undefined ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: plural,
  };
  return new ApiError(403, 'Forbidden', message, details);
}
