import { MigrationError } from './migration.error.js';
import { oneLine } from './runtime.errors.js';
import { type CommandReference, type Wording, worded } from './wording.js';

/**
 * What `fresh` notes in the place of a revision's id while it drops, where a rollback would undo nothing. No id has a
 * parenthesis.
 */
export const DROP_OF_FRESH = '(fresh)';

/** A revision that a run began and did not finish. */
export interface UnfinishedRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** Whether it was being applied or undone. */
  readonly direction: 'upgrade' | 'downgrade';
  /** The revision's message; may be empty. */
  readonly message: string;
}

/** What a step is called in a sentence, without its article: `downgrade of ae10`. */
export function stepName({ revision, direction }: Omit<UnfinishedRevision, 'message'>): string {
  return revision === DROP_OF_FRESH ? 'drop of what the database holds' : `${direction} of ${revision}`;
}

/** What the journal says of one statement of an unfinished revision. */
export interface NotedStatement {
  /** The position of its operation in the revision, from 0. */
  readonly ordinal: number;
  /** The SQL of the statement; `op.transaction` for a data transaction. */
  readonly sql: string;
  /** The operation, as JSON. */
  readonly operation: string;
}

/** The commands that end the state of an unfinished revision. */
export interface InterruptionExits {
  /** Runs the rest of the revision; `null` where no command does. */
  readonly finish: CommandReference | null;
  /**
   * Says that the database is where its version table says, as far as it can be, and deletes the notes of the journal.
   */
  readonly stamp: CommandReference;
}

/** An unfinished revision that is in the way of another command. */
export interface Interruption {
  /** The id of the unfinished revision. */
  readonly revision: string;
  /** Whether it was being applied or undone. */
  readonly direction: 'upgrade' | 'downgrade';
  /** How many of its statements are done. */
  readonly statements: number;
  /** Whether this application has its script. */
  readonly isKnown: boolean;
  /** False where the journal has notes of it that this tool has not written. Default: true. */
  readonly isReadable?: boolean;
  /** Whether another process holds the migration lock and may be running the revision. Default: false. */
  readonly isLocked?: boolean;
  /** The commands that finish or forget it. */
  readonly exits: InterruptionExits;
}

/**
 * Thrown where something else is asked for while a revision is unfinished: its first statements are in the database,
 * the rest are not.
 *
 * @example
 * try {
 *   await migrations.downgrade();
 * } catch (error) {
 *   if (!(error instanceof InterruptedRevisionError)) throw error;
 *   await migrations.upgrade(); // finishes it, where it was being applied
 * }
 */
export class InterruptedRevisionError extends MigrationError {
  readonly code = 'INTERRUPTED_REVISION';
  /** The id of the unfinished revision. */
  readonly revision: string;
  /** Whether it was being applied or undone. */
  readonly direction: 'upgrade' | 'downgrade';
  /** How many of its statements are done. */
  readonly statements: number;

  constructor({ revision, direction, statements, isKnown, isReadable = true, isLocked = false, exits }: Interruption) {
    const name = `${stepName({ direction, revision: oneLine(revision, 200) })}${isKnown ? '' : ', which no script of this application has,'}`;
    const done = statements === 1 ? '1 statement of it is' : `${statements} statements of it are`;
    const left = revision === DROP_OF_FRESH ? 'a part of it may be gone' : `${done} done, the rest is not`;
    const what = isReadable
      ? `${isLocked ? 'is under way' : 'was interrupted'}: ${left}`
      : 'was interrupted, and the journal does not say how far it came';
    super(`The ${name} ${what}.`, {
      cure: isLocked ? 'Wait for the process that holds the migration lock.' : cureOf({ isKnown, isReadable, exits }),
    });
    this.revision = revision;
    this.direction = direction;
    this.statements = statements;
  }
}

function cureOf({
  isKnown,
  isReadable = true,
  exits,
}: Pick<Interruption, 'isKnown' | 'isReadable' | 'exits'>): Wording {
  const { finish, stamp } = exits;
  if (finish !== null && isReadable) return worded`Finish it first: ${finish}.`;
  const look = isKnown || !isReadable ? 'Look' : 'Finish it where its script is, or look';
  return worded`${look} at the database, mend it, and say where it is: ${stamp}.`;
}

/**
 * Thrown where an earlier run died during a statement, and nothing tells whether that statement took effect: its
 * operation has no effect that could be looked up, or the effect was there before already.
 */
export class InterruptedStatementError extends MigrationError {
  readonly code = 'INTERRUPTED_STATEMENT';

  constructor(
    /** The revision that the statement belongs to. */
    readonly unfinished: UnfinishedRevision,
    /** The statement that was running. */
    readonly statement: NotedStatement,
    {
      isEdited,
      exits: { finish, stamp },
    }: {
      /** Whether the revision has another operation in its place now. */
      readonly isEdited: boolean;
      readonly exits: InterruptionExits;
    },
  ) {
    const ran = `statement ${statement.ordinal + 1} ran [${oneLine(statement.sql, 200)}]`;
    const nothing = isEdited ? 'it was edited since, and so nothing tells' : 'nothing tells';
    super(
      `The ${unfinished.direction} of ${nameOf(unfinished)} died while ${ran}, and ${nothing} whether it took effect.`,
      {
        cure:
          finish === null
            ? worded`Look at the database, mend it, and say where it is: ${stamp}.`
            : worded`Look at the database, then say so: ${withOption(finish, '--interrupted', 'skip')}, if it did, or --interrupted repeat, if it did not.`,
      },
    );
  }
}

/** Thrown where a statement that an earlier run has applied is not what the revision says now. */
export class AppliedStatementEditedError extends MigrationError {
  readonly code = 'APPLIED_STATEMENT_EDITED';
  /** The operation that the revision has in its place now, as JSON; `null` where it has none. */
  readonly now: string | null;

  constructor(
    /** The revision that the statement belongs to. */
    readonly unfinished: UnfinishedRevision,
    /** The statement that was applied. */
    readonly statement: NotedStatement,
    { now, exits: { stamp } }: { readonly now: string | null; readonly exits: InterruptionExits },
  ) {
    const was = oneLine(statement.operation, 300);
    super(
      `Statement ${statement.ordinal + 1} of the ${unfinished.direction} of ${nameOf(unfinished)} is applied already, and the revision has changed: it was ${was} and is ${now === null ? 'gone' : oneLine(now, 300)}.`,
      {
        cure: worded`Put it back as it was, and change what comes after it, or add another revision. Where that cannot be, mend the database, and say where it is: ${stamp}.`,
      },
    );
    this.now = now;
  }
}

/**
 * Thrown where a backfill is not where this run believes it to be: another run has continued it, since this one has
 * lost the migration lock. The batch was rolled back.
 */
export class BackfillMovedError extends MigrationError {
  readonly code = 'BACKFILL_MOVED';

  constructor(
    /** The table that is filled. */
    readonly table: string,
    /** The revision that the backfill belongs to. */
    readonly unfinished: UnfinishedRevision,
    /** Whether another run has moved it, or the journal does not say where it is. */
    readonly reason: 'moved' | 'unreadable',
  ) {
    const what =
      reason === 'moved'
        ? 'was moved by another run meanwhile, so that the batch of this run was rolled back'
        : 'was begun, and the journal does not say where it is';
    super(`The backfill of '${oneLine(table, 60)}' in the ${unfinished.direction} of ${nameOf(unfinished)} ${what}.`, {
      cure:
        reason === 'moved'
          ? 'Run the command again: it continues where the backfill is.'
          : 'Look who writes to the journal, and at the rows of the table.',
    });
  }
}

/** A command with an option right behind its name, since the last word may look like an option, such as `-1`. */
function withOption({ command, arguments: words }: CommandReference, ...option: readonly string[]): CommandReference {
  return { command, arguments: [...option, ...words] };
}

function nameOf({ revision, message }: UnfinishedRevision): string {
  return `${revision}${message === '' ? '' : ` (${oneLine(message, 60)})`}`;
}
