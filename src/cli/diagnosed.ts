/** `verify --diagnose`: why it does not pass, in the same run and the same report. */
import type { Report } from '../engine/report.js';
import { diagnoseRelease, type DiagnosisInput } from './diagnosis.js';

/**
 * @param report what verify came to
 * @param input of the doctor, who looks once more: logs and events of what fails, which verify does not read
 * @returns the report with causes; as it was where all passes, or where the doctor finds that all is well by now
 */
export async function withCauses(report: Report, input: DiagnosisInput): Promise<Report> {
  if (report.exitCode === 0 || report.interrupted) return report;
  const found = await diagnoseRelease(input);
  const { startedAt, durationMs, notices } = report;
  if (found.exitCode === 0)
    return { ...report, notices: [...notices, 'a moment later doctor found nothing wrong: it has healed'] };
  return {
    ...found,
    command: report.command,
    startedAt,
    durationMs: found.from ? durationMs : durationMs + found.durationMs,
    notices: [...new Set([...notices, ...found.notices])],
    exitCode: found.interrupted ? found.exitCode : worse(report.exitCode, found.exitCode),
  };
}

/** A defect, then a failure, then what could not be determined. */
function worse(a: number, b: number): number {
  return [4, 1, 3].find((code) => code === a || code === b) ?? a;
}
