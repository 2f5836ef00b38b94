/** What was recorded is asked again from its file: in an empty folder, without a kubeconfig and without a home. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Report } from '../../../src/engine/report.js';
import { todo, type Verified } from './verify.js';

const COMMANDS = ['verify', 'doctor'] as const;
type Command = (typeof COMMANDS)[number];

/** Where the program keeps its compiled code: it was compiled once already. */
const CACHE = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');

export class Recording {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-recording-'));

  /** Arguments with which the command records what it sees. */
  of(command: Command): string[] {
    return ['--record', this.#file(command)];
  }

  /**
   * Replays both, and compares with the runs that recorded them: exit code, status of each check, causes.
   * @returns nothing where they agree; the folder is gone afterwards
   */
  async differences(live: Record<Command, Verified>): Promise<string[]> {
    try {
      const found = await Promise.all(COMMANDS.map((command) => this.#difference(command, live[command])));
      return found.flat();
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  async #difference(command: Command, live: Verified): Promise<string[]> {
    const elsewhere = path.join(this.#folder, command);
    mkdirSync(elsewhere);
    renameSync(this.#file(command), path.join(elsewhere, 'bundle.tgz'));
    const { code, stdout, stderr } = await todo(
      [command, '--from', 'bundle.tgz', '-o', 'json'],
      { HOME: elsewhere, KUBECONFIG: undefined, XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: CACHE },
      elsewhere,
    );
    if (!stdout.startsWith('{')) return [`${command} --from: ${stderr}`];
    const [before, after] = [said(live.report, live.code), said(JSON.parse(stdout) as Report, code)];
    return Object.keys(before)
      .filter((key) => !isDeepStrictEqual(before[key], after[key]))
      .map(
        (key) => `${command} --from: ${key} ${JSON.stringify(after[key])} for ${JSON.stringify(before[key])}`,
      );
  }

  #file(command: Command): string {
    return path.join(this.#folder, `${command}.tgz`);
  }
}

function said({ checks, diagnoses = [], unexplained }: Report, code: number): Record<string, unknown> {
  return {
    code,
    unexplained,
    causes: diagnoses.map(({ cause, verdict, object }) => [cause, verdict, object]),
    ...Object.fromEntries(checks.map(({ id, status }) => [id, status])),
  };
}
