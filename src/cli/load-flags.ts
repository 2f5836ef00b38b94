/** The flags of `loadbalance` that need reading. */
import { Flags } from '@oclif/core';
import { printable } from '../contract/errors.js';
import type { ReaderOptions } from '../evidence/live-reader.js';
import { parseThreshold, type Threshold } from '../computed/load-threshold.js';
import { hasInvisible } from './given-names.js';
import { UsageError } from './usage-error.js';

const VIAS = ['nodeport', 'service', 'proxy', 'port-forward'] as const;
/** Fields that say how the message is framed, which only who frames it can know. */
const FRAMING = /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect)$/i;

export const rateFlag = Flags.custom<number>({
  parse: (input) => Promise.resolve(numberIn(input, 0.01, 100_000)),
});

export const confidenceFlag = Flags.custom<number>({
  parse: (input) => Promise.resolve(numberIn(input, 0.5, 0.999999)),
});

export const thresholdFlag = Flags.custom<Threshold>({
  parse: (input) => Promise.resolve(readThreshold(input)),
});

/** @throws UsageError */
export function readThreshold(text: string): Threshold {
  const threshold = parseThreshold(text);
  if (typeof threshold === 'string') throw new UsageError(threshold);
  return threshold;
}

export const viaFlag = Flags.custom<NonNullable<ReaderOptions['via']>>({
  parse: (input) => {
    const via = VIAS.find((each) => each === input);
    if (via !== undefined) return Promise.resolve(via);
    if (/^node:[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(input))
      return Promise.resolve(input as `node:${string}`);
    throw new UsageError(
      `'${printable(input)}' is not a way to the backend: expected ${VIAS.join(', ')} or node:NAME`,
    );
  },
});

export const pathFlag = Flags.custom({
  parse: (input) => {
    // What a request line can hold without being encoded; a fragment never leaves the client.
    if (/^\/[\x21-\x22\x24-\x7e]*$/.test(input)) return Promise.resolve(input);
    throw new UsageError(
      `'${input}' is not a path: expected one such as /api/health, percent-encoded where need be`,
    );
  },
});

export const podHeaderFlag = Flags.custom({
  parse: (input) => {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/.test(input)) return Promise.resolve(input);
    throw new UsageError(`'${printable(input)}' is not a name of a header: expected one such as x-pod-name`);
  },
});

export const podFieldFlag = Flags.custom({
  parse: (input) => {
    if (input !== '' && input.length <= 256 && !hasInvisible(input)) return Promise.resolve(input);
    throw new UsageError('a field needs a name: expected one such as pod');
  },
});

export const headerFlag = Flags.custom<readonly [name: string, value: string]>({
  parse: (input) => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):[ \t]*([\x20-\x7e\t]{0,8192})$/.exec(input);
    const [, name = '', value = ''] = match ?? [];
    // The value may be a credential: it is not quoted.
    if (!match) throw new UsageError('this is not a header: expected "Name: value" in ASCII on one line');
    if (FRAMING.test(name)) throw new UsageError(`header ${name} is set by this program alone`);
    return Promise.resolve([name, value.trim()] as const);
  },
});

function numberIn(input: string, least: number, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(input) ? Number(input) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`'${input}' is not allowed: expected a number from ${least} to ${most}`);
}

/** Pods that send at the same time. */
const MAX_WORKERS = 100;

/** Of `loadbalance --workers`; what one process alone can do is not combined with it. */
export const workersFlags = {
  workers: Flags.integer({
    description: 'Send from so many pods of a Job, by ClusterIP and by each node’s port: print the Job',
    min: 1,
    max: MAX_WORKERS,
    exclusive: [
      'lab',
      'from',
      'record',
      'url',
      'via',
      'rate',
      'duration',
      'until-decided',
      'keep-alive',
      'samples',
      'header',
      'fail-on',
      'expect-pods',
      'confidence',
    ],
    helpGroup: 'WORKERS',
  }),
  apply: Flags.boolean({
    description:
      'Create the Job, add up what its pods counted, and remove it: the only thing that is written',
    dependsOn: ['workers'],
    helpGroup: 'WORKERS',
  }),
  image: Flags.string({
    description: 'Image of the workers (default: this version’s)',
    dependsOn: ['workers'],
    helpGroup: 'WORKERS',
  }),
  keep: Flags.boolean({
    description: 'Leave the Job where it is',
    dependsOn: ['apply'],
    helpGroup: 'WORKERS',
  }),
};
