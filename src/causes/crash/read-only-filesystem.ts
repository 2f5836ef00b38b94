import { containerName } from '../../contract/target.js';
import { patchFields } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import type { End, EndLook } from '../../computed/container-ends.js';
import type { Fix } from '../../rule/diagnosis.js';
import { adviceOf, crashCause } from '../crashed.js';

const REMEDY =
  'mount an emptyDir where the application writes, or leave readOnlyRootFilesystem off as the contract does';

export default crashCause({
  id: 'crash/read-only-filesystem',
  title: 'The application writes to a file system that is read-only',
  why: 'with readOnlyRootFilesystem only mounted volumes can be written to',
  seen: 'Read-only file system, or Python’s No usable temporary directory',
  remedy: REMEDY,
  what: ({ sign }) =>
    `the application ends because it writes ${sign?.subject === undefined ? '' : `to ${sign.subject.replaceAll("'", '')} `}on a file system that is read-only`,
  fix: (end, look) => [...mountTmp(end, look), adviceOf(REMEDY)],
});

/** Nothing of the image's is in /tmp that a volume there would hide: elsewhere it may be what the application needs. */
function mountTmp({ sign, container: { spec, role } }: End, { context }: EndLook): Fix[] {
  const isTmp = /^'?\/tmp(?:['/]|$)/.test(sign?.subject ?? '');
  const mounts = spec?.volumeMounts ?? [];
  if (!isTmp || role !== 'backend' || mounts.some(({ mountPath }) => mountPath === '/tmp')) return [];
  const volumes = [{ name: 'tmp', emptyDir: {} }];
  const containers = [{ name: containerName(context), volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }];
  return [
    inTemplate(
      context,
      'Give it a directory /tmp that it may write to.',
      patchFields('deployment', context.target.names.deployment, {
        spec: { template: { spec: { volumes, containers } } },
      }),
    ),
  ];
}
