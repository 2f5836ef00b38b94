/**
 * What is said of a check or a step that threw: a defect of this program. It costs nothing but itself, and makes the exit
 * code 4. Evidence holds no secrets, so that what an error quotes of it holds none.
 */
export function defect(what: 'check' | 'step', error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `internal error: the ${what} itself failed: ${words}`;
}
