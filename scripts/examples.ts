/** What each check and each cause says of a state that shows it: the example on its page. */
import { readFileSync } from 'node:fs';
import { LOAD_CHECKS } from '../src/checks/of-load-run.js';
import { CHECKS } from '../src/checks/index.js';
import { EXPLAINED_CAUSES } from '../src/causes/catalogue.js';
import { installChecks } from '../src/planned/against/index.js';
import { explainBreakage } from '../src/planned/chart-broken.js';
import { SHOWN_BY_LOAD_CHECKS } from '../test/load/shown.js';
import { HEALTH } from '../test/diagnoses/shown/health.js';
import { SHOWN } from '../test/diagnoses/shown/all.js';
import { loadReport } from '../test/load/load-report.js';
import { installationsShown } from '../test/planned/shown.js';
import { diagnosed } from '../test/support/diagnosed.js';
import { firstFinding } from './tests-alone.js';

/** By id; an id that no state shows has none. */
export async function examples(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const say = (id: string, words: string | undefined) => {
    if (words !== undefined && !found.has(id)) found.set(id, words);
  };
  for (const [id, given] of Object.entries(SHOWN_BY_LOAD_CHECKS)) {
    const { checks } = await loadReport(...given);
    say(
      id,
      checks.find((check) => check.id.startsWith(id) && check.findings.length > 0)?.findings[0]?.message,
    );
  }
  for (const [cause, change, circumstances] of [...SHOWN, ...HEALTH]) {
    const { diagnoses, results } = await diagnosed(change, circumstances);
    say(cause, diagnoses.find((each) => each.cause === cause)?.summary);
    for (const { id, status, findings } of results)
      if (status === 'fail' || status === 'warn') say(id, findings[0]?.message);
  }
  for (const { meta } of CHECKS) if (!found.has(meta.id)) say(meta.id, await firstFinding(meta.id));
  for (const [id, results] of installationsShown()) {
    const result = results.find((each) => each.id === id);
    say(id, result?.findings[0]?.message ?? result?.message);
  }
  const nilPointer = readFileSync(new URL('../test/fixtures/helm/nil-pointer.txt', import.meta.url), 'utf8');
  const chart = { folder: 'helm/todo-chatbot', hasChartFile: true, helmignore: undefined };
  const { place = '', says } = explainBreakage(nilPointer, chart);
  say('helm/chart-broken', `${place}: ${says}`);
  const ids = [
    ...[...CHECKS, ...LOAD_CHECKS, ...installChecks()].map(({ meta }) => meta.id as string),
    ...EXPLAINED_CAUSES.map(({ id }) => id),
  ];
  return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id) ?? ''] as const] : [])));
}
