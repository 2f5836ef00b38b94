import { decideStyle, type Style } from '../report/style.js';

/** How text looks on stdout. @param color --color / --no-color, undefined when neither was given */
export function stdoutStyle(color: boolean | undefined): Style {
  const { isTTY, columns } = process.stdout;
  return decideStyle({ isTTY, columns, env: process.env, color });
}
