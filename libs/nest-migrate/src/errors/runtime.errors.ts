import { MigrationError, wordingOf } from './migration.error.js';
import { nearestName } from './nearest-name.js';
import { errorText } from './thrown.js';
import { command, type CommandReference, textOf, type Wording, worded } from './wording.js';

/**
 * Thrown where another process holds the migration lock and did not release it in time.
 *
 * @example
 * try {
 *   await migrations.upgrade({ lockWaitTimeout: 10_000 });
 * } catch (error) {
 *   if (!(error instanceof LockTimeoutError)) throw error;
 *   console.warn(`still locked by ${error.holder ?? 'another process'}`);
 * }
 */
export class LockTimeoutError extends MigrationError {
  readonly code = 'LOCK_TIMEOUT';

  constructor(
    /** How long this process waited, in milliseconds. */
    readonly waitedMs: number,
    /** The process that holds the lock, in words; `null` where the server does not tell. */
    readonly holder: string | null,
  ) {
    super(`The migration lock was not free within ${waitedMs} ms${holder === null ? '' : `: ${holder} holds it`}.`, {
      cure: 'Wait for that run to end, or raise lockWaitTimeout.',
    });
  }
}

/** Thrown where the connection that held the migration lock is gone. The run has stopped before its next statement. */
export class LockLostError extends MigrationError {
  readonly code = 'LOCK_LOST';

  constructor(cause: unknown) {
    const reason = cause instanceof ConnectionLostError ? cause : undefined;
    const why = reason === undefined ? '' : ` (${reason.setting ?? oneLine(reason.reason, 200)})`;
    super(`The migration lock was lost with the connection that held it${why}: stopped before the next statement.`, {
      cure: 'Run the command again: it continues where this run stopped.',
      cause,
    });
  }
}

/** Thrown where the version table changed during a run: a row that the run was about to move was not there. */
export class VersionConflictError extends MigrationError {
  readonly code = 'VERSION_CONFLICT';

  constructor(
    /** What the run was about to do, in words, such as `moving 'ae10' to '27c6'`. */
    readonly change: string,
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
    /** The rows that the version table holds now. */
    readonly rows: readonly string[],
  ) {
    super(
      `The version table ${versionTable} was changed by someone else: ${change} matched no row, it holds ${rows.join(', ') || 'nothing'}.`,
      { cure: 'Look who writes to it, then run the command again.' },
    );
  }
}

/** What is left of a failed revision, which depends on what the engine can roll back. */
export type FailureAftermath =
  /** Nothing: its transaction was rolled back. */
  | 'rolled back'
  /** Some of its statements were committed before the failure. */
  | 'partly applied'
  /** Something in it committed its transaction: what came before that stays. */
  | 'committed'
  /**
   * Something in it ended its transaction, and the engine does not tell whether what came before that stays; or the
   * connection was lost while the server could commit.
   */
  | 'unknown'
  /** It had not changed anything yet. */
  | 'untouched';

/** What is known in a {@link RevisionFailedError}. */
export interface RevisionFailure {
  /** What the step of the revision does. */
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The id of the revision; `base` for a stamp to base. */
  readonly revision: string;
  /** The revision's message; may be empty. */
  readonly message: string;
  /** The statement that failed; absent where the revision's own code threw. */
  readonly statement?: {
    /** Its position among the statements of the revision, from 0. */
    readonly ordinal: number;
    /** The SQL of the statement. */
    readonly sql: string;
    /** The session for whose transaction the statement waited, in words; absent where it waited for none. */
    readonly awaited?: string;
  };
  /** What is left of the revision in the database. */
  readonly aftermath: FailureAftermath;
  /**
   * Set where the statement or the data work that failed may have done something that stays, such as a procedure that
   * commits: `committed` where it has, `unknown` where the engine does not tell.
   */
  readonly kept?: 'committed' | 'unknown';
  /** The version table's rows after the failure; `null` where the connection is gone with it. */
  readonly rows: readonly string[] | null;
  /** The ids of the revisions that this run had finished and that stay, in order. */
  readonly finished: readonly string[];
  /** What was thrown: the driver's error, or what the revision's own code threw. */
  readonly cause: unknown;
}

/**
 * Thrown where a revision fails. It says which revision, at which statement, and where that leaves the database.
 *
 * @example
 * try {
 *   await migrations.upgrade();
 * } catch (error) {
 *   if (error instanceof RevisionFailedError) console.error(error.failure.revision, error.failure.statement?.sql);
 *   throw error;
 * }
 */
export class RevisionFailedError extends MigrationError {
  readonly code = 'REVISION_FAILED';
  /** What the message says, as data. */
  readonly failure: RevisionFailure;

  constructor(failure: RevisionFailure) {
    const name = nameOf(failure.revision, failure.message);
    const where =
      failure.statement === undefined
        ? 'failed'
        : `failed at statement ${failure.statement.ordinal + 1} [${oneLine(failure.statement.sql, 200)}]`;
    const awaited = failure.statement?.awaited;
    const whom = awaited === undefined ? '' : ` It waited for ${awaited}.`;
    super(
      worded`The ${failure.direction} of ${name} ${where}: ${reasonIn(failure.cause)}${detailOf(failure.cause)}.${whom}`,
      {
        cure: aftermathSentence(failure),
        cause: failure.cause,
      },
    );
    this.failure = failure;
  }
}

/**
 * Thrown where one of several connections fails that a command works on together. Nothing was written.
 *
 * @remarks Correct what the message says of that connection, then run the command again.
 */
export class ConnectionFailedError extends MigrationError {
  readonly code = 'CONNECTION_FAILED';

  constructor(
    /** The name of that connection; `default` for the one without a `contextName`. */
    readonly connection: string,
    cause: unknown,
  ) {
    super(worded`[${connection}] ${wordingOf(cause) ?? errorText(cause)}`, { cause });
  }
}

/** Thrown where a revision asks for a service that the option `services` does not list. */
export class ServiceNotProvidedError extends MigrationError {
  readonly code = 'SERVICE_NOT_PROVIDED';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The name that the revision asks for. */
    readonly service: string,
    /** The names that the application has listed. */
    readonly listed: readonly string[],
  ) {
    const meant = nearestName(service, listed);
    super(
      `Revision ${revision} needs the service '${service}', which the application does not give to its revisions.`,
      {
        cure:
          meant === undefined
            ? `List it: MigrationModule.forRoot({ services: { ${service}: TheProvider } }).`
            : `Did you mean '${meant}'?`,
      },
    );
  }
}

/** Thrown where a revision calls `get` with a name that it does not export in `services`. */
export class ServiceNotExportedError extends MigrationError {
  readonly code = 'SERVICE_NOT_EXPORTED';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The name that it called `get` with. */
    readonly service: string,
    /** The names that the revision exports. */
    readonly exported: readonly string[],
  ) {
    const names = quoted([...exported, service]);
    super(`Revision ${revision} asks for the service '${service}' without saying so beforehand.`, {
      cure: `Add to the revision: export const services = [${names}];`,
    });
  }
}

/** Thrown where the option `services` lists a service whose provider can't be had. The reason is the cause. */
export class ServiceUnresolvedError extends MigrationError {
  readonly code = 'SERVICE_UNRESOLVED';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The name of the service. */
    readonly service: string,
    reason: unknown,
  ) {
    super(`The service '${service}' of revision ${revision} can't be had: ${oneLine(reasonOf(reason), 300)}.`, {
      cure: 'Provide the token that `services` names for it in a module of the application.',
      cause: reason,
    });
  }
}

/** Thrown where revisions need services in a place where none can be given. Nothing was run. */
export class ServicesUnavailableError extends MigrationError {
  readonly code = 'SERVICES_UNAVAILABLE';

  constructor(
    /** The id of the first revision that needs services. */
    readonly revision: string,
    /** The names of the services that it needs. */
    readonly services: readonly string[],
    /** Why, as the end of a sentence: `the providers wait for this upgrade`. */
    reason: string,
    cure: string | Wording,
  ) {
    super(`Revision ${revision} needs ${servicesOf(services)}, and ${reason}. Nothing was run.`, { cure });
  }
}

/** Thrown where a `db` command builds the whole application for the services of revisions, and that fails. */
export class ApplicationNotBuiltError extends MigrationError {
  readonly code = 'APPLICATION_NOT_BUILT';

  constructor(
    /** The id of the first revision that needs services. */
    readonly revision: string,
    /** The names of the services that it needs. */
    readonly services: readonly string[],
    cause: unknown,
  ) {
    super(
      `Revision ${revision} needs ${servicesOf(services)}, for which the whole application is built, and that failed: ${oneLine(reasonOf(cause), 300)}.`,
      {
        cure: `A provider that reads tables not there yet? Upgrade to the revision before ${revision} first, or let the provider read later.`,
        cause,
      },
    );
  }
}

/** Thrown where a statement that the engine refuses inside a transaction is used outside of `op.autocommitBlock`. */
export class OutsideTransactionError extends MigrationError {
  readonly code = 'OUTSIDE_TRANSACTION';

  constructor(
    /** The SQL of that statement. */
    readonly sql: string,
  ) {
    super(`This statement can't run inside a transaction: ${oneLine(sql, 120)}.`, {
      cure: 'Wrap it: op.autocommitBlock(async (op) => { … }).',
    });
  }
}

/** Thrown where an operation that needs the transaction of its revision is used outside of it. It was not run. */
export class TransactionNeededError extends MigrationError {
  readonly code = 'TRANSACTION_NEEDED';

  constructor(
    /** The SQL of the operation. */
    readonly sql: string,
  ) {
    super(`This statement has to run in the transaction of its revision, and there is none: ${oneLine(sql, 120)}.`, {
      cure: 'Move it out of op.autocommitBlock, or let the revision run in a transaction.',
    });
  }
}

/** Thrown where rows contradict what a revision is about to make true of all rows, or has just made so of new ones. */
export class WrongRowError extends MigrationError {
  readonly code = 'WRONG_ROW';

  constructor(
    problem: string,
    /** What identifies one of the rows, by column. */
    readonly row: Readonly<Record<string, unknown>>,
  ) {
    const values = Object.entries(row).map(([column, value]) => `${column} = ${shown(value)}`);
    super(`${problem}, such as the one with ${values.join(', ')}.`, {
      cure: worded`Correct or delete such rows, then run ${command('upgrade')} again.`,
    });
  }
}

/** Thrown where SQL of a revision would begin or end a transaction, which only the tool does. The SQL was not run. */
export class TransactionControlError extends MigrationError {
  readonly code = 'TRANSACTION_CONTROL';

  constructor(
    /** The statement's first words, such as `commit`. */
    readonly control: string,
    /** The SQL, as the revision has it. */
    readonly sql: string,
  ) {
    const isSavepoint = /^(?:savepoint|release|rollback .*to)$/.test(control);
    const where = isSavepoint ? ' in op.autocommitBlock, where a savepoint begins a transaction' : '';
    const why = isSavepoint ? '' : ", since its transaction is the tool's";
    const block = 'What can run in no transaction goes into op.autocommitBlock(async (op) => { … }), rows';
    super(`A revision can't say \`${control}\`${where}${why}: ${oneLine(sql, 120)}.`, {
      cure: `Leave it out. ${isSavepoint ? 'Rows' : block} that change together${isSavepoint ? ' go' : ''} into op.transaction(async ({ em }) => { … }).`,
    });
  }
}

/** Thrown where SQL of a revision would let go of the migration lock. The SQL was not run. */
export class LockReleaseError extends MigrationError {
  readonly code = 'LOCK_RELEASE';

  constructor(
    /** The words that do so, such as `discard all`. */
    readonly release: string,
    /** The SQL, as the revision has it. */
    readonly sql: string,
    /** What to use in their place, as a sentence. */
    instead: string,
  ) {
    super(`A revision can't say \`${release}\`, since that lets go of the migration lock: ${oneLine(sql, 120)}.`, {
      cure: instead,
    });
  }
}

/**
 * Thrown where the server has ended the session of a run, with the reason.
 *
 * @remarks Look at the reason that the server gives, then run the command again: it continues where the run stopped.
 */
export class ConnectionLostError extends MigrationError {
  readonly code = 'CONNECTION_LOST';

  constructor(
    /** What ended it; in the words of the server where it gave a reason. */
    readonly reason: string,
    /** The server's setting that did it; `undefined` where none did, or the server does not say. */
    readonly setting: string | undefined,
    cause: unknown,
  ) {
    super(`The connection was lost: ${oneLine(reason, 300)}${setting === undefined ? '' : ` (${setting})`}.`, {
      cause,
    });
  }
}

/**
 * Thrown where a revision has ended its transaction, and not by a statement that says so: such a statement is refused
 * before it runs.
 */
export class TransactionEndedError extends MigrationError {
  readonly code = 'TRANSACTION_ENDED';

  constructor() {
    super('Something that the revision ran has ended its transaction.', {
      cure: 'Leave that to the tool: what can run in no transaction goes into op.autocommitBlock(async (op) => { … }).',
    });
  }
}

/**
 * Thrown where a setting of the session stays as a revision has set it, and would apply to the revisions that follow.
 */
export class SettingNotRestoredError extends MigrationError {
  readonly code = 'SETTING_NOT_RESTORED';

  constructor(
    /** The name of the setting. */
    readonly setting: string,
    /** The value that it had before the revision ran; `null` where it had none. */
    readonly value: string | null,
    cause: unknown,
  ) {
    super(
      `The revision has set ${setting}, which can't be put back to '${oneLine(value ?? '', 60)}': ${oneLine(reasonOf(cause), 300)}.`,
      { cure: 'Put it back at the end of the revision.', cause },
    );
  }
}

/** Text on one line, cut where it gets long. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

/** A revision as messages name it. */
export function nameOf(revision: string, message: string): string {
  return `${revision}${message === '' ? '' : ` (${oneLine(message, 60)})`}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

function servicesOf(names: readonly string[]): string {
  return `the service${names.length === 1 ? '' : 's'} ${quoted(names)}`;
}

/** The text of a thrown value without the full stop at its end. */
export function reasonOf(cause: unknown): string {
  return errorText(cause).replace(/[.\s]+$/, '');
}

/** A value of a row for a message. */
function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'string' ? `'${oneLine(value, 60)}'` : errorText(value);
}

/** The reason on one line of bounded length. That of a {@link MigrationError} keeps its commands as data. */
export function reasonIn(cause: unknown): string | Wording {
  const wording = wordingOf(cause);
  return wording === undefined ? oneLine(reasonOf(cause), REASON_LIMIT) : shortened(wording);
}

const REASON_LIMIT = 500;

/** A wording on one line, without the full stop at its end. It is cut before the command that it has no room for. */
function shortened(wording: Wording): Wording {
  const parts: (string | CommandReference)[] = [];
  let room = REASON_LIMIT;
  for (const [index, part] of wording.entries()) {
    const isLast = index === wording.length - 1;
    const squeezed = typeof part === 'string' ? part.replace(/\s+/g, ' ') : part;
    const text = typeof squeezed === 'string' && isLast ? squeezed.replace(/[.\s]+$/, '') : squeezed;
    const { length } = textOf([text]);
    if (length > room) return [...parts, typeof text === 'string' ? `${text.slice(0, Math.max(room - 1, 0))}…` : '…'];
    parts.push(text);
    room -= length;
  }
  return parts;
}

/** The detail beside the message of PostgreSQL: which key is there twice, which row refers to nothing. */
function detailOf(cause: unknown): string {
  const detail: unknown = typeof cause === 'object' && cause !== null && 'detail' in cause ? cause.detail : undefined;
  return typeof detail === 'string' && detail !== '' ? ` (${oneLine(detail.replace(/[.\s]+$/, ''), 300)})` : '';
}

/** The error codes of PostgreSQL and of the driver of MySQL for a table that exists already. */
const TABLE_EXISTS: readonly unknown[] = ['42P07', 'ER_TABLE_EXISTS_ERROR'];

/** Whether a first revision creates what exists, in a database without a version row: it may need a stamp only. */
function looksUnstamped({ rows, direction, aftermath, cause }: RevisionFailure): boolean {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  // SQLite has one code for every mistake in a statement
  const exists = TABLE_EXISTS.includes(code) || /\btable \S+ already exists$/.test(reasonOf(cause));
  return rows?.length === 0 && direction === 'upgrade' && aftermath !== 'partly applied' && exists;
}

function aftermathSentence(failure: RevisionFailure): string | Wording {
  const sentence = whatIsLeft(failure);
  if (!looksUnstamped(failure)) return sentence;
  return worded`${sentence} If it has all that the revision makes already, ${command('stamp', failure.revision)} says so.`;
}

/** What to say where the connection is gone, so that nothing can be looked up. */
export const connectionLost = worded`The connection is lost; \`${command('current')}\` tells where the database stands.`;

function whatIsLeft({ aftermath, kept, rows, direction }: RevisionFailure): string | Wording {
  if (rows === null) return connectionLost;
  const at = rows.length === 0 ? 'at base' : `at ${rows.join(', ')}`;
  if (aftermath === 'rolled back') return `Its transaction was rolled back; the database is ${at}.`;
  if (aftermath === 'committed')
    return `Something in it has committed its transaction: undo what it did, since it begins at its start again. The version table is still ${at}.`;
  if (aftermath === 'unknown' && kept !== undefined)
    return `Some of what it did may be committed: look whether it is there. The version table is still ${at}.`;
  if (aftermath === 'unknown')
    return `Something in it has ended its transaction: look whether what came before that is there. The version table is still ${at}.`;
  if (aftermath === 'untouched') return `Nothing of it was applied; the database is ${at}.`;
  const own =
    kept === undefined
      ? ''
      : kept === 'committed'
        ? ', and so does some of what it did itself: undo that'
        : ', and so may some of what it did itself: look whether it is there';
  return (
    `The statements before it are committed and stay${own}${own === '' ? ', the' : '. The'} version table is still ${at}: ` +
    `mend the ${direction} function from there on, or the database, and run it again. It continues after them.`
  );
}
