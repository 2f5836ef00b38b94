/** Runs `doctor`, or one topic of it, in this process, and takes down all that a user would see of it. */
import Doctor from '../../../src/commands/doctor/index.js';
import DoctorHealth from '../../../src/commands/doctor/health.js';
import DoctorMemory from '../../../src/commands/doctor/memory.js';
import DoctorPods from '../../../src/commands/doctor/pods.js';
import { captured, type Outcome } from './verify.js';

const root = process.cwd();
const COMMANDS = { all: Doctor, pods: DoctorPods, health: DoctorHealth, memory: DoctorMemory };

/** One at a time: a process has one stdout and one exit code. */
export function doctor(topic: keyof typeof COMMANDS, ...argv: string[]): Promise<Outcome> {
  return captured(() => COMMANDS[topic].run(argv, { root }));
}
