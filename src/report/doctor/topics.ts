/** A line for each topic: its most telling facts, or where it is broken. */
import type { HopState, PathHop, TopicPath } from '../../rule/diagnosis.js';
import { clean, indented, unpainted } from '../rows.js';
import type { Style } from '../style.js';
import { padEnd, wrap, wrapItems } from '../wrap.js';
import { mark, stateOf } from './path.js';

/** The hops whose facts say most, for the one line of a topic that is well. */
const HEADLINES: readonly string[] = [
  'answers',
  'in-time',
  'ready',
  'alive',
  'rollout',
  'steady',
  'usage',
  'limit',
  'killed',
  'query',
  'login',
  'tls',
];
/** More facts than this are noise. */
const FACTS_SHOWN = 3;
/** Where every topic begins: worth a word only where they are not good. */
const PRELIMINARY: readonly string[] = ['cluster', 'nodes', 'deployment'];

/** The hops that are the topic's own, and those before them that are not good. */
export function ownSteps({ topic, path }: TopicPath): PathHop[] {
  return path.filter(
    ({ hop, state }) =>
      state !== 'good' || !PRELIMINARY.includes(hop) || (topic === 'pods' && hop === 'deployment'),
  );
}

/** @param wide every hop with its fact */
export function topicLines(topics: readonly TopicPath[], style: Style, wide: boolean): string[] {
  return wide ? topics.flatMap((topic) => allHops(topic, style)) : oneLineEach(topics, style);
}

function oneLineEach(topics: readonly TopicPath[], style: Style): string[] {
  if (topics.some((topic) => stateOf(topic) !== 'good')) return byState(topics, style);
  const { columns } = style;
  const nameColumns = Math.max(0, ...topics.map(({ topic }) => topic.length));
  const indent = nameColumns + 4;
  return topics.flatMap((topic) => {
    const said = headlines(topic, style, columns - indent);
    const text = clean(said.join(` ${style.symbols.separator} `), style);
    const padding = ' '.repeat(nameColumns - topic.topic.length);
    return [`${head(topic, style)}${padding}  ${text}`.trimEnd()];
  });
}

/** Beside a cause: those of one state on a line, with the steps at which they stop. */
function byState(topics: readonly TopicPath[], style: Style): string[] {
  const { columns, measure, symbols } = style;
  return STATES.flatMap((state) => {
    const items = topics
      .filter((topic) => stateOf(topic) === state)
      .map(({ topic, path }) => {
        const steps =
          state === 'good' ? [] : path.filter((each) => each.state === state).map(({ hop }) => hop);
        return steps.length === 0 ? topic : `${topic} at ${steps.join(', ')}`;
      });
    const lines = wrapItems(
      items.map((item) => clean(item, style)),
      symbols.separator,
      columns - 2,
      measure,
    );
    return lines.map((line, index) => `${index === 0 ? mark(state, style) : ' '} ${line}`);
  });
}

const STATES: readonly HopState[] = ['broken', 'unknown', 'not-reached', 'skipped', 'good'];

function head(topic: TopicPath, style: Style): string {
  const state = stateOf(topic);
  return `${mark(state, style)} ${state === 'good' ? topic.topic : style.color.bold(topic.topic)}`;
}

/** Facts that fit on one line, the most telling ones first. */
function headlines(topic: TopicPath, style: Style, room: number): string[] {
  const rank = ({ hop }: PathHop) => (HEADLINES.includes(hop) ? HEADLINES.indexOf(hop) : HEADLINES.length);
  const facts = ownSteps(topic)
    .filter(({ state }) => state === 'good')
    .sort((a, b) => rank(a) - rank(b));
  const joint = style.measure(` ${style.symbols.separator} `);
  const chosen: string[] = [];
  let used = 0;
  for (const { detail } of facts) {
    const wide = style.measure(clean(detail, style)) + (chosen.length > 0 ? joint : 0);
    if (detail === '' || chosen.length === FACTS_SHOWN || used + wide > room) continue;
    chosen.push(detail);
    used += wide;
  }
  return chosen;
}

function allHops(topic: TopicPath, style: Style): string[] {
  const { columns, measure } = style;
  const hopColumns = Math.max(0, ...topic.path.map(({ hop }) => measure(clean(hop, style))));
  return [
    head(topic, style),
    ...topic.path.flatMap(({ hop, state, detail, ms }) => {
      const text = clean(ms === null ? detail : `${detail} (${Math.round(ms)} ms)`, style);
      const [first = '', ...rest] = wrap(text, columns - hopColumns - 6, measure);
      return [
        `  ${mark(state, style)} ${padEnd(clean(hop, style), hopColumns, measure)}  ${first}`.trimEnd(),
        ...indented(rest, hopColumns + 6, unpainted),
      ];
    }),
  ];
}
