/** What was asked for cannot be done: exit code 2 where it is wrong, 3 where the cluster does not let it be known. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    readonly exitCode: 2 | 3 = 2,
  ) {
    super(message);
  }
}
