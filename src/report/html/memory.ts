/** Memory against limits, on the page. */
import type { MemoryUse } from '../../engine/memory.js';
import type { Report } from '../../engine/report.js';
import { code, section, text } from './markup.js';

/** From this part of the limit on a container is close to being killed (troubleshooting: High Memory Usage). */
const NEAR = 0.8;

/** Nothing where no container's use is known. */
export function memorySection({ memory }: Report): string {
  if (!memory) return '';
  const whole = Math.max(
    1,
    ...memory.containers.flatMap(({ requestBytes, limitBytes, usageBytes }) => [
      requestBytes ?? 0,
      limitBytes ?? 0,
      usageBytes ?? 0,
    ]),
  );
  const rows = memory.containers.map((use) => row(use, whole));
  const more = memory.omitted > 0 ? `<p class="dim">${memory.omitted} more containers</p>` : '';
  return section(
    'memory',
    'Memory against limits',
    '<div class="scroll" tabindex="0" role="region" aria-label="Memory"><table class="load"><caption>Working set; the frame is the limit, the line the request</caption>' +
      '<thead><tr><th scope="col">Pod</th><th scope="col" class="bars"><span class="hidden">Bar</span></th>' +
      ['Used', 'Request', 'Limit'].map((head) => `<th scope="col" class="number">${head}</th>`).join('') +
      `</tr></thead><tbody>${rows.join('')}</tbody></table></div>${more}`,
  );
}

function row(use: MemoryUse, whole: number): string {
  const { pod, requestBytes, limitBytes, usageBytes, oomKilledAt } = use;
  const isBad = oomKilledAt !== null || (limitBytes !== null && (usageBytes ?? 0) >= limitBytes);
  const isNear = limitBytes !== null && (usageBytes ?? 0) >= NEAR * limitBytes;
  const killed = oomKilledAt === null ? '' : `<span class="dim">OOMKilled ${text(oomKilledAt)}</span>`;
  const cells = [
    usageBytes === null ? 'not read' : mebibytes(usageBytes),
    requestBytes === null ? 'none' : mebibytes(requestBytes),
    limitBytes === null ? 'none' : mebibytes(limitBytes),
  ];
  const state = isBad ? ' class="bad"' : isNear ? ' class="other"' : '';
  return (
    `<tr${state}><th scope="row">${code(pod)} ${killed}</th><td class="bars">${bar(use, whole)}</td>` +
    `${cells.map((cell) => `<td class="number">${cell}</td>`).join('')}</tr>`
  );
}

function bar({ requestBytes, limitBytes, usageBytes }: MemoryUse, whole: number): string {
  const part = (bytes: number) => ((bytes / whole) * 100).toFixed(2);
  const request =
    requestBytes === null ? '' : `<rect class="even" x="${part(requestBytes)}" width=".6" height="10" />`;
  return (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">' +
    `<rect class="track" width="${part(limitBytes ?? whole)}" height="10" />` +
    `<rect class="part" width="${part(usageBytes ?? 0)}" height="10" />${request}</svg>`
  );
}

/** `742 MiB`, `1.5 GiB`. */
function mebibytes(bytes: number): string {
  const mebi = bytes / 2 ** 20;
  return mebi < 1024 ? `${Math.round(mebi)} MiB` : `${Number((mebi / 1024).toFixed(2))} GiB`;
}
