import { Args, Flags } from '@oclif/core';
import { CHECKS } from '../../checks/index.js';
import { checkOf, EVERY_CHECK } from '../../checks/of-load-run.js';
import type { CheckMeta } from '../../checks/check.js';
import { BaseCommand } from '../../cli/base-command.js';
import { asciiFlag, colorFlag } from '../../cli/flags.js';
import { fromFlag, judgeBundle } from '../../cli/judged-bundle.js';
import { contractsOwnNames } from '../../cli/own-names.js';
import { installChecks } from '../../planned/against/index.js';
import { streamStyle } from '../../cli/stream-style.js';
import { UsageError } from '../../cli/usage-error.js';
import { nearest } from '../../contract/nearest.js';
import { accessOf } from '../../evidence/access.js';
import {
  EXPLAIN_FORMATS,
  renderCauseExplanation,
  renderExplanation,
  type ExplainFormat,
} from '../../report/explain.js';
import { remedyText } from '../../rule/fix.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class ChecksExplain extends BaseCommand {
  static override summary =
    'Explain one check, or one cause that doctor names: why it matters, what shows it, and the fix';
  static override examples = [
    '<%= config.bin %> checks explain deployment/strategy',
    '<%= config.bin %> checks explain deployment/strategy --from bundle.tgz',
    '<%= config.bin %> checks explain memory/oom-killed',
  ];
  static override args = {
    id: Args.string({ description: 'Id of a check or cause, as in checks list', required: true }),
  };
  static override flags = {
    output: Flags.option({
      char: 'o',
      description: 'Form of the output',
      options: EXPLAIN_FORMATS,
      default: 'text' as ExplainFormat,
    })(),
    from: fromFlag,
    color: colorFlag,
    ascii: asciiFlag,
  };

  /** @throws UsageError when there is neither such a check nor such a cause; BundleError */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(ChecksExplain);
    const own = installChecks().find(({ meta }) => meta.id === args.id);
    const check = own ?? checkOf(args.id);
    if (!check) {
      await explainCause(args.id, flags.output, flags);
      return;
    }
    const { id, title, failureTitle, why, severity, contractSection, needs, messages, reads, remedy } =
      check.meta as CheckMeta;
    const bundle = flags.from === undefined ? undefined : await judgeBundle(flags.from, this.config.version);
    const result = bundle?.report.checks.find((each) => each.id === id);
    const fix =
      result && result.fix.length > 0 ? result.fix : remedy(bundle?.context ?? contractsOwnNames(), []);
    const { EXAMPLES } = await import('../../report/examples.js');
    const explained = {
      id,
      title,
      failureTitle,
      why,
      severity,
      contractSection,
      needs: [...needs],
      reads: reads.map((evidence) => ({
        evidence,
        permissions: accessOf(evidence).map(({ verb, resource }) => `${verb} ${resource}`),
      })),
      // Of one that verify does not judge no Role is printed by its name.
      ...(CHECKS.some(({ meta }) => meta.id === id) && { role: `todo-k8s checks role --only ${id}` }),
      messages: Object.entries(messages).map(([messageId, text]) => ({ id: messageId, text })),
      remedy: remedyText(fix) ?? '',
      fix: [...fix],
      example: EXAMPLES[id] ?? '',
      ...(result && {
        judged: {
          status: result.status,
          message: result.message,
          findings: result.findings.map(({ message }) => message),
        },
      }),
    };
    await writeStdout(
      process.stdout,
      printed(await renderExplanation(explained, flags.output, streamStyle(process.stdout, flags))),
    );
  }
}

/** @throws UsageError when there is no such cause either */
async function explainCause(
  id: string,
  format: ExplainFormat,
  look: { color?: boolean; ascii?: boolean },
): Promise<void> {
  const { EXPLAINED_CAUSES } = await import('../../causes/catalogue.js');
  const cause = EXPLAINED_CAUSES.find((each) => each.id === id);
  if (!cause) {
    const known = [
      ...[...EVERY_CHECK, ...installChecks()].map(({ meta }) => meta.id as string),
      ...EXPLAINED_CAUSES.map((each) => each.id),
    ];
    const close = nearest(id, known);
    throw new UsageError(
      `there is no check or cause '${id}'${close === undefined ? ';' : `; did you mean ${close}?`} todo-k8s checks list names them all`,
    );
  }
  const { EXAMPLES } = await import('../../report/examples.js');
  const explained = { ...cause, explains: [...cause.explains], example: EXAMPLES[id] ?? '' };
  await writeStdout(
    process.stdout,
    printed(await renderCauseExplanation(explained, format, streamStyle(process.stdout, look))),
  );
}
