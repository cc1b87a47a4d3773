import { type CommandReference, textOf, type Wording, worded } from './wording.js';

/**
 * What a {@link MigrationError} carries beside its message.
 *
 * @example
 * class CountryMissingError extends MigrationError {
 *   readonly code = 'COUNTRY_MISSING';
 *
 *   constructor(country: string) {
 *     super(`There is no country '${country}'.`, { cure: 'Import the list of countries first.' });
 *   }
 * }
 */
export interface MigrationErrorOptions {
  /** The next thing to do, as one sentence. Appended to the message. */
  readonly cure?: string | Wording;
  /** The error underneath, kept for `--verbose` and for logs. */
  readonly cause?: unknown;
}

/** What each error says, in parts: its commands are data. */
const wordings = new WeakMap<object, { readonly message: Wording; readonly cure?: string | Wording }>();

/** What {@link MigrationError.textFor} returns. */
export interface ErrorText {
  /** The whole message on one line, with what to do at its end. */
  readonly message: string;
  /** The part of the message that says what to do; absent where there is nothing to add. */
  readonly cure?: string;
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
 *   if (!(error instanceof MigrationError) || error.code !== 'MULTIPLE_HEADS') throw error;
 *   await migrations.merge({ revisions: 'heads' });
 * }
 */
export abstract class MigrationError extends Error {
  /** Stable identifier of the kind of failure, in capitals, such as `REVISION_NOT_FOUND`. */
  abstract readonly code: string;
  /** The part of the message that says what to do; absent where there is nothing to add. */
  readonly cure?: string;

  constructor(problem: string | Wording, { cure, cause }: MigrationErrorOptions = {}) {
    const message = cure === undefined ? worded`${problem}` : worded`${problem} ${cure}`;
    super(oneLine(textOf(message)), { cause });
    this.name = new.target.name;
    this.cure = cure === undefined ? undefined : textOf(cure);
    wordings.set(this, { message, cure });
  }

  /** The commands that the message names, in its order: what to do, for programs. */
  get commands(): readonly CommandReference[] {
    return wordingOf(this)?.filter((part) => typeof part !== 'string') ?? [];
  }

  /**
   * What the error says where the group of commands is not called `db`.
   *
   * @param group The group's word, as in `runDbCommand(AppModule, { name: 'schema' })`; `db` unless told.
   */
  textFor(group?: string): ErrorText {
    const { message = this.message, cure = this.cure } = wordings.get(this) ?? {};
    return { message: oneLine(textOf(message, group)), cure: cure === undefined ? undefined : textOf(cure, group) };
  }
}

/** The message of a {@link MigrationError} in parts, for an error that repeats it; `undefined` for any other value. */
export function wordingOf(thrown: unknown): Wording | undefined {
  return typeof thrown === 'object' && thrown !== null ? wordings.get(thrown)?.message : undefined;
}

/** The text without line breaks, which a name or an SQL text in a message may have. */
function oneLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ');
}
