/** Reading errors: jest gives specs an `Error` of their own, so that `instanceof` is false for what Node itself throws. */

export function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}

/** The operating system's name for what went wrong: `ESRCH`, `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return undefined;
}

/** The end of what a program wrote: where it says why it gave up. */
export function lastLines(text: string, count = 8): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
