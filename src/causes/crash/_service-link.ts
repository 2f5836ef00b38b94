/** A value that Kubernetes itself has put into the environment, where the application expects its own. */
import type { Fix } from '../../rule/diagnosis.js';
import { advise } from '../../fixes/described.js';
import type { End } from '../../computed/container-ends.js';
import { SERVICE_LINK } from '../../vocabulary/process-end.js';

/** What to do where it is that; undefined where it is not. */
export function serviceLinkFix({ sign }: End): Fix[] | undefined {
  if (!SERVICE_LINK.test(sign?.line.text ?? '') && !SERVICE_LINK.test(sign?.subject ?? '')) return undefined;
  return [
    advise(
      'The value is one that Kubernetes makes for each Service (NAME_PORT=tcp://…). Set enableServiceLinks: false in the pod template’s spec, or set the variable itself under env.',
    ),
  ];
}
