import ChecksExplain from './checks/explain.js';

/** `explain`, as kubectl has it, for `checks explain`. */
export default class Explain extends ChecksExplain {
  static override examples = [
    '<%= config.bin %> explain deployment/strategy',
    '<%= config.bin %> explain memory/oom-killed',
  ];
}
