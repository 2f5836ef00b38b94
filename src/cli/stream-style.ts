import { decideStyle, type Style } from '../report/style.js';

interface StyleFlags {
  color?: boolean | undefined;
  ascii?: boolean | undefined;
}

/** How text looks on stdout or stderr, by --color / --no-color and --ascii. */
export function streamStyle({ isTTY, columns }: NodeJS.WriteStream, { color, ascii }: StyleFlags): Style {
  return decideStyle({ isTTY, columns, env: process.env, color, ascii });
}
