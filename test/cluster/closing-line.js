/**
 * Jest reporter: says each test's result as soon as it is known, for a run takes minutes, and ends with the line that
 * scripts look for. What went wrong is said twice: at once, and in the end, where a person looks.
 */
const MARKS = { passed: '✓', failed: '✕', pending: '○' };

export default class ClosingLine {
  #failures = [];

  onTestCaseResult(_test, { status, ancestorTitles, title, duration, failureMessages }) {
    const seconds = typeof duration === 'number' ? ` (${(duration / 1000).toFixed(1)} s)` : '';
    const name = [...ancestorTitles, title].join(' › ');
    console.log(`${MARKS[status] ?? status} ${name}${seconds}`);
    if (status === 'failed') {
      const said = failureMessages.map(withoutJest).join('\n');
      this.#failures.push([name, said]);
      console.log(said);
    }
  }

  onTestFileResult(_test, { testExecError }) {
    if (testExecError) console.log(testExecError.stack ?? testExecError.message);
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    if (this.#failures.length > 0) console.log('\nfailed:');
    for (const [name, said] of this.#failures) console.log(`- ${name}\n${said}`);
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}`);
  }
}

/** The stack as far as it is the suite's own. */
function withoutJest(message) {
  return message
    .split('\n')
    .filter((line) => !/^ +at .*(node_modules|node:internal|new Promise)/.test(line))
    .join('\n');
}
