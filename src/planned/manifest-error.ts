/** What was given cannot be read as objects of Kubernetes: wrong usage, exit code 2. One line for each problem. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly exitCode = 2;

  /** @param isOfLines whether it is about lines of what was given, and not about all of it */
  constructor(
    message: string,
    readonly isOfLines = true,
  ) {
    super(message);
  }
}

/** `k8s/deployment.yaml:12`, the form that editors turn into a link. */
export function placeText(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}:${line}`;
}
