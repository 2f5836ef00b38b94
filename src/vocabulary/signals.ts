/** Signals, by the exit codes that come of them. */

/**
 * Signals by which a container is told to stop, by exit code: SIGTERM, or what its image asks for (STOPSIGNAL), and SIGKILL once its
 * grace period is over.
 */
export const STOP_SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  137: 'SIGKILL',
  143: 'SIGTERM',
};

/** Signals by the exit code that a shell and the kubelet give them (128 + number). */
export const SIGNALS: Readonly<Record<number, { name: string; means: string }>> = {
  129: { name: 'SIGHUP', means: 'its terminal or its parent went away' },
  131: { name: 'SIGQUIT', means: 'it was told to quit and to leave a core' },
  132: { name: 'SIGILL', means: 'it met an instruction that this processor does not have' },
  133: { name: 'SIGTRAP', means: 'a trap that no debugger took' },
  134: { name: 'SIGABRT', means: 'it aborted itself: an assertion, or memory that is corrupt' },
  135: {
    name: 'SIGBUS',
    means: 'it used memory that cannot be used: a file that was cut, or no huge page left',
  },
  136: { name: 'SIGFPE', means: 'an arithmetic error in native code' },
  138: { name: 'SIGUSR1', means: 'it was sent a signal that it does not handle' },
  139: { name: 'SIGSEGV', means: 'native code used memory that is not its own' },
  140: { name: 'SIGUSR2', means: 'it was sent a signal that it does not handle' },
  141: { name: 'SIGPIPE', means: 'it wrote to a pipe or a connection whose reader had gone' },
  142: { name: 'SIGALRM', means: 'a timer of its own ran out' },
  152: { name: 'SIGXCPU', means: 'it used more CPU time than its limit (ulimit -t)' },
  153: { name: 'SIGXFSZ', means: 'it wrote a file larger than its limit (ulimit -f)' },
  159: { name: 'SIGSYS', means: 'it made a system call that its seccomp profile forbids' },
};
