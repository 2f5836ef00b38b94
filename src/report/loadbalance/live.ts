/** Bars on a terminal's stderr while requests are sent, gone when the run ends. */
import type { LoadProgress } from '../../load/plan.js';
import { Canvas, isWatched, type Screen } from '../canvas.js';
import { oneLine, toAscii } from '../escape.js';
import type { Style } from '../style.js';

/** Pods with a bar of their own. */
const MAX_PODS = 12;
const BAR_COLUMNS = 24;

export interface LoadDisplay {
  onProgress: (progress: LoadProgress) => void;
  /** Erases the display. May be called at any time and again. */
  stop: () => void;
}

/** Says at once that it has begun. @returns undefined where a display would only litter: no terminal, a dumb one, or CI */
export function createLoadDisplay(
  screen: Screen,
  isTTY: boolean,
  style: Style,
  env: Readonly<Record<string, string | undefined>>,
): LoadDisplay | undefined {
  if (!isWatched(isTTY, env)) return undefined;
  const canvas = new Canvas(screen);
  const dots = style.unicode ? '…' : '...';
  canvas.draw([`looking for the pods and the way to them${dots}`.slice(0, canvas.columns)]);
  return {
    onProgress: (progress) => canvas.draw(frame(progress, style, canvas.columns)),
    stop: () => canvas.close(),
  };
}

/** The lines of one moment. */
function frame(progress: LoadProgress, style: Style, columns: number): string[] {
  const { completed, requests, errors, elapsedMs, pods } = progress;
  const perSecond = elapsedMs > 0 ? Math.round((completed / elapsedMs) * 1000) : 0;
  const whole = requests === undefined ? '' : ` of ${requests}`;
  const head = `${completed}${whole} requests ${style.symbols.separator} ${perSecond}/s ${style.symbols.separator} ${errors} errors`;
  const most = Math.max(1, ...pods.map((pod) => pod.requests));
  const rows = pods.slice(0, MAX_PODS).map((pod) => {
    const length = Math.round((pod.requests / most) * BAR_COLUMNS);
    const bar = (style.unicode ? '█' : '#').repeat(length).padEnd(BAR_COLUMNS);
    return { bar, text: ` ${String(pod.requests).padStart(7)}  ${oneLine(pod.pod)}` };
  });
  const fit = (text: string, room: number) =>
    (style.unicode ? text : toAscii(text)).slice(0, Math.max(0, room));
  return [
    fit(head, columns),
    ...rows.map(({ bar, text }) => style.color.green(fit(bar, columns)) + fit(text, columns - BAR_COLUMNS)),
  ];
}
