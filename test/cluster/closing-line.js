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
      this.#failures.push([name, failureMessages]);
      console.log(failureMessages.join('\n'));
    }
  }

  onTestFileResult(_test, { testExecError }) {
    if (testExecError) console.log(testExecError.stack ?? testExecError.message);
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    if (this.#failures.length > 0) console.log('\nfailed:');
    for (const [name, [message = '']] of this.#failures) console.log(`- ${name}\n${message}`);
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}`);
  }
}
