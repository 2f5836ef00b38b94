/**
 * What a command line that is printed takes over from the one that printed it, so that it looks at the same release in the
 * same way and judges it alike: each command takes the flags that it has, as they were defined.
 */
import type { Interfaces } from '@oclif/core';
import type { Target } from '../contract/target.js';
import { word, type Following } from '../rule/command.js';
import {
  connectionFlags,
  contractFlags,
  diagnosisFlags,
  releaseFlags,
  routeFlags,
  strictFlag,
} from './flags.js';
import { viaFlag } from './load-flags.js';

type Definition = Interfaces.FlagInput[string];

const { release, deployment } = releaseFlags;
const EVERYWHERE: Record<string, Definition> = { ...connectionFlags, release, deployment, ...contractFlags };
const JUDGES: Record<string, Definition> = { ...EVERYWHERE, ...routeFlags, strict: strictFlag };

/** The flags of each command that say what is looked at, from where, and how it is judged. */
const TAKEN: Readonly<Record<Following, Readonly<Record<string, Definition>>>> = {
  doctor: { ...JUDGES, ...diagnosisFlags },
  loadbalance: { ...EVERYWHERE, url: routeFlags.url, via: viaFlag() },
  verify: JUDGES,
};

/** Of a bundle: what is laid over the evidence, which has the rest in it. */
const ON_BUNDLE: Record<string, Definition> = { ...contractFlags, strict: strictFlag };

/** The arguments of the commands that follow, each after a space. @param flags as they were parsed */
export function followingArguments(flags: object): Record<Following, string> {
  return {
    doctor: taken(flags, TAKEN.doctor),
    loadbalance: taken(flags, TAKEN.loadbalance),
    verify: taken(flags, TAKEN.verify),
  };
}

/** The arguments of `doctor` for the same bundle. @param file as it was typed */
export function bundleArguments(file: string, flags: object): string {
  return ` --from ${word(file)}${taken(flags, ON_BUNDLE)}`;
}

/** Flags that lead to one release, also where all of them were asked for. */
export function flagsFor<
  F extends {
    'all-releases': boolean;
    'all-namespaces'?: boolean;
    contexts?: readonly string[] | undefined;
    'releases-from'?: string | undefined;
    listed?: readonly unknown[];
  },
>({ context, namespace, release: name, names }: Target, flags: F): F {
  const isOfFleet = flags.contexts !== undefined || flags['releases-from'] !== undefined;
  const everywhere = flags['all-namespaces'] === true || flags.listed !== undefined || isOfFleet;
  if (!everywhere && !flags['all-releases']) return flags;
  const chosen = name === undefined ? { deployment: names.deployment } : { release: name };
  return { ...flags, ...chosen, ...(everywhere && { namespace }), ...(isOfFleet && { context }) };
}

function taken(flags: object, definitions: Readonly<Record<string, Definition>>): string {
  return Object.entries(definitions)
    .flatMap(([name, definition]) => written(name, (flags as Record<string, unknown>)[name], definition))
    .map((argument) => ` ${argument}`)
    .join('');
}

function written(name: string, value: unknown, definition: Definition): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => written(name, each, definition));
  if (value === definition.default) return [];
  if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${name}`];
  const said = typeof value === 'number' ? duration(value) : value;
  if (typeof said !== 'string') return [];
  // Another command's flag of that name may take more values.
  if (definition.type === 'option' && definition.options?.includes(said) === false) return [];
  return [`--${name}=${word(said)}`];
}

/** @param ms milliseconds. All flags here that are numbers are times. */
function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
