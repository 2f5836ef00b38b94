import { decideStyle, type Style } from '../report/style.js';

/** How text looks on stdout, by --color / --no-color and --ascii. */
export function stdoutStyle({ color, ascii }: { color?: boolean; ascii?: boolean }): Style {
  const { isTTY, columns } = process.stdout;
  return decideStyle({ isTTY, columns, env: process.env, color, ascii });
}
