/** Helm operations that did not come to a good end. */
import { helm } from '../cluster.js';
import { RELEASE } from '../stage.js';
import { rolledOut, waiting, type Fault, type Step } from './fault.js';
import { STUCK } from './tools.js';

/** Pods that are well in the end, but need longer to be ready than Helm is given. */
const SLOW_START = [
  ...['--set', 'backend.extraEnv[0].name=FAULT_START_DELAY_SECONDS'],
  ...['--set-string', 'backend.extraEnv[0].value=25'],
];

/** @param limitMs after which Helm is killed, as a pipeline that was cancelled does it */
function endsBadly(shown: string, args: readonly string[], limitMs?: number): Step {
  return {
    shown,
    async run(stage) {
      const isWell = await stage.upgrade(args, undefined, limitMs).then(
        () => true,
        () => false,
      );
      if (isWell) throw new Error(`Helm ended well, which it must not: ${shown}`);
    },
  };
}

const object = `Release ${RELEASE}`;

export const RELEASES: Fault[] = [
  {
    name: 'helm upgrade that was killed while it waited',
    steps: [
      endsBadly(
        'helm upgrade --wait, killed after 10 s; the pods take 25 s to start',
        [...SLOW_START, '--wait', '--timeout', '3m'],
        10_000,
      ),
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/release'] },
    cause: 'helm/pending',
    object,
    undo: [
      // Until then Helm refuses the upgrade that puts everything back.
      {
        shown: `helm rollback ${RELEASE}`,
        run: ({ namespace }) => helm(['rollback', RELEASE, '-n', namespace]),
      },
    ],
  },
  {
    name: 'helm upgrade that waited in vain, and whose pods are well',
    steps: [
      endsBadly('helm upgrade --wait --timeout 5s; the pods take 25 s to start', [
        ...SLOW_START,
        ...['--wait', '--timeout', '5s'],
      ]),
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/release'] },
    cause: 'helm/failed',
    object,
  },
  {
    name: 'helm upgrade that waited in vain for an image',
    steps: [
      endsBadly('helm upgrade --wait --timeout 5s --set backend.image.tag=v9', [
        ...['--set', 'backend.image.tag=v9'],
        ...['--wait', '--timeout', '5s'],
      ]),
    ],
    symptom: waiting('ErrImagePull', 'ImagePullBackOff'),
    expect: { fail: ['deployment/image', 'deployment/release', ...STUCK] },
    cause: 'image/registry-unreachable',
    object: 'Pod',
  },
];
