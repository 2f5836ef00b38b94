/** Asks which of several backends is meant: only a person at a terminal, who may say nothing and is told the flags then. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isWatched } from '../report/canvas.js';
import { printed } from '../report/printed.js';
import type { Choice } from '../contract/choice.js';
import { until } from '../time-limit.js';

/** More than this are not read, but searched: by name, with a flag. */
const MOST = 20;

/** Milliseconds after which nobody is there. */
const PATIENCE_MS = 60_000;

interface Terminal {
  input: Readable & { isTTY?: boolean };
  /** Where the question goes: not among what the command prints. */
  output: Writable & { isTTY?: boolean };
  /** The command's own output: in a pipe nobody expects a question. */
  result: { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
}

/** @returns undefined where nobody can be asked, or nothing was chosen */
export async function choose(
  choices: readonly Choice[],
  { input, output, result, env }: Terminal,
  signal: AbortSignal,
): Promise<Choice | undefined> {
  const isPerson = input.isTTY === true && result.isTTY === true && isWatched(output.isTTY === true, env);
  if (!isPerson || choices.length > MOST) return undefined;
  const wide = String(choices.length).length;
  const lines = choices.map(
    ({ name, namespace }, index) => `  ${String(index + 1).padStart(wide)}  ${name}   ${namespace}`,
  );
  output.write(printed(`Several of them are here:\n${lines.join('\n')}\n`));
  const reader = createInterface({ input, output, terminal: false });
  const late = until(PATIENCE_MS, signal, 'nobody is there');
  try {
    const answer = await new Promise<string>((resolve) => {
      output.write(printed(`Which one (1-${choices.length})? `));
      reader.once('line', resolve);
      reader.once('close', () => resolve(''));
      late.signal.addEventListener('abort', () => resolve(''), { once: true });
      if (late.signal.aborted) resolve('');
    });
    const typed = answer.trim();
    return /^\d+$/.test(typed) ? choices[Number(typed) - 1] : choices.find(({ name }) => name === typed);
  } finally {
    late.dispose();
    reader.close();
    // Otherwise the program would wait for more of it.
    input.pause();
  }
}
