/** What a {@link MigrationError} carries beside its message. */
export interface MigrationErrorOptions {
  /** The next thing to do, as one sentence. Appended to the message. */
  readonly cure?: string;
  /** The error underneath, kept for `--verbose` and for logs. */
  readonly cause?: unknown;
}

/**
 * The base of every error that nest-migrate throws on purpose.
 *
 * `message` is one line: what is wrong, naming the thing, then what to do about it. `code` is stable and made for
 * programs; the wording of `message` is not.
 *
 * @example
 * try {
 *   await migrations.upgrade();
 * } catch (error) {
 *   if (error instanceof MigrationError && error.code === 'MULTIPLE_HEADS') await migrations.merge({ revisions: 'heads' });
 *   else throw error;
 * }
 */
export abstract class MigrationError extends Error {
  /** Stable identifier of the kind of failure, in capitals, such as `REVISION_NOT_FOUND`. */
  abstract readonly code: string;
  /** The part of the message that says what to do; absent where there is nothing to add. */
  readonly cure?: string;

  constructor(problem: string, options: MigrationErrorOptions = {}) {
    super(oneLine(options.cure === undefined ? problem : `${problem} ${options.cure}`), { cause: options.cause });
    this.name = new.target.name;
    this.cure = options.cure;
  }
}

/** What people typed may hold line breaks; a message holds none. */
function oneLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ');
}
