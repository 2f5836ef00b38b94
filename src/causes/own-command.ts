/** The command line of a container that ended, or never serves, and what is done about it. */
import { patchContainer } from '../fixes/commands.js';
import type { Fix } from '../rule/diagnosis.js';
import { shorten } from '../rule/seen.js';
import { inTemplate } from '../fixes/described.js';
import type { End, EndLook } from '../computed/container-ends.js';

/** `“start.sh --port 80” `, or nothing where the image's own command runs. */
export function commandOf({ container: { spec } }: Pick<End, 'container'>): string {
  const words = [...(spec?.command ?? []), ...(spec?.args ?? [])];
  return words.length === 0 ? '' : `“${shorten(words.join(' '))}” `;
}

const NAMES = { command: 'command', args: 'arguments', workingDir: 'working directory' } as const;

/** Without the pod template's command, arguments and directory the image's own start it; not where it has none of them. */
export function ownCommand(
  { container: { spec, role } }: Pick<End, 'container'>,
  { context }: Pick<EndLook, 'context'>,
): Fix[] {
  const given = (['command', 'args', 'workingDir'] as const).filter((key) => spec?.[key] !== undefined);
  if (role !== 'backend' || given.length === 0) return [];
  return [
    inTemplate(
      context,
      `Take ${given.map((key) => NAMES[key]).join(' and ')} out of the pod template, so that the image’s own count.`,
      patchContainer(context, Object.fromEntries(given.map((key) => [key, null]))),
    ),
  ];
}
