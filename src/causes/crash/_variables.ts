/** Variables of the container that its program takes options from. */
import type { Fix } from '../../rule/diagnosis.js';
import { inTemplate, setEnvArguments } from '../../fixes/described.js';
import type { End, EndLook } from '../../computed/container-ends.js';

/** Takes those of them out of the pod template that stand there by name; nothing where none does. */
export function without({ container: { spec, role } }: End, look: EndLook, ...names: string[]): Fix[] {
  const given = (spec?.env ?? []).flatMap(({ name }) => (names.includes(name) ? [name] : []));
  if (role !== 'backend' || given.length === 0) return [];
  const removed = given.map((name) => `${name}-`);
  return [
    inTemplate(
      look.context,
      `Take ${given.join(' and ')} out of the container’s environment.`,
      setEnvArguments(look.context, ...removed),
    ),
  ];
}

/** uvicorn takes each option from a variable, too (click: auto_envvar_prefix). @param option such as `--log-config` */
export function variableOfUvicorn(option: string): string {
  return `UVICORN_${option.replace(/^-+/, '').replaceAll('-', '_').toUpperCase()}`;
}
