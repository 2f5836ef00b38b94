/** The steps of a topic, drawn. */
import type { HopState, PathHop, TopicPath } from '../../rule/diagnosis.js';
import { HOP_STATUS } from '../digest.js';
import { clean, type Paint } from '../rows.js';
import { paint, type Style } from '../style.js';
import { fill } from '../wrap.js';

/** What a topic came to: the gravest of its steps. */
export function stateOf({ path }: TopicPath): HopState {
  const order: readonly HopState[] = ['broken', 'unknown', 'good'];
  return order.find((state) => path.some((hop) => hop.state === state)) ?? 'not-reached';
}

export function mark(state: HopState, style: Style): string {
  return paintOf(state, style)(style.symbols[HOP_STATUS[state]]);
}

export function paintOf(state: HopState, style: Style): Paint {
  return paint(style, HOP_STATUS[state]);
}

/** The steps in a row with an arrow between them, and below each one its mark and its time. */
export function drawPath(path: readonly PathHop[], style: Style): string[] {
  const { measure, symbols, columns } = style;
  const joint = ` ${symbols.arrow} `;
  const cells = path.map(({ hop, state, ms }) => {
    const name = clean(hop, style);
    const time = ms === null ? '' : ` ${Math.round(ms)}ms`;
    return { text: name.padEnd(1 + time.length), name, state, time };
  });
  const indent = 2;
  return fill(cells, measure(joint), columns - indent - measure(joint), measure).flatMap(
    (row, index, rows) => {
      const isLast = index === rows.length - 1;
      const head = row.map(({ text }) => text).join(style.color.dim(joint));
      const marks = row.map(({ text, name, state, time }) => {
        const left = time === '' ? Math.floor((name.length - 1) / 2) : 0;
        const room = text.length - left - 1 - time.length;
        return `${' '.repeat(left)}${mark(state, style)}${style.color.dim(time)}${' '.repeat(room)}`;
      });
      return [
        `${' '.repeat(indent)}${head.trimEnd()}${isLast ? '' : style.color.dim(` ${symbols.arrow}`)}`,
        `${' '.repeat(indent)}${marks.join(' '.repeat(measure(joint))).trimEnd()}`,
      ];
    },
  );
}
