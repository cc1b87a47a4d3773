import { MigrationError } from './migration.error.js';
import { oneLine } from './runtime.errors.js';

/** A revision that was begun and is not finished. */
export interface UnfinishedRevision {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  readonly message: string;
}

/** What is noted of a statement of it. */
export interface NotedStatement {
  /** The position of its operation in the revision, from 0. */
  readonly ordinal: number;
  readonly sql: string;
  /** The operation, as JSON. */
  readonly operation: string;
}

/** Something else was asked for while a revision is unfinished: its first statements are in the database, the rest is not. */
export class InterruptedRevisionError extends MigrationError {
  readonly code = 'INTERRUPTED_REVISION';

  constructor(
    readonly revision: string,
    readonly direction: 'upgrade' | 'downgrade',
    /** How many of its statements are done. */
    readonly statements: number,
  ) {
    super(
      `The ${direction} of ${revision} was interrupted: ${statements === 1 ? '1 statement of it is' : `${statements} statements of it are`} done, the rest is not.`,
      {
        cure:
          direction === 'upgrade'
            ? `Finish it first: db upgrade ${revision}.`
            : 'Finish it first: db downgrade -1, or further down.',
      },
    );
  }
}

/**
 * A statement was running when a run died, and nothing tells whether it took effect: its operation has nothing that could be
 * looked up, or that was true before already.
 */
export class InterruptedStatementError extends MigrationError {
  readonly code = 'INTERRUPTED_STATEMENT';

  constructor(
    readonly unfinished: UnfinishedRevision,
    readonly statement: NotedStatement,
    /** Whether the revision has something else in its place now, of which its operation says nothing. */
    readonly isEdited = false,
  ) {
    const ran = `statement ${statement.ordinal + 1} ran [${oneLine(statement.sql, 200)}]`;
    const nothing = isEdited ? 'it was edited since, and so nothing tells' : 'nothing tells';
    super(
      `The ${unfinished.direction} of ${nameOf(unfinished)} died while ${ran}, and ${nothing} whether it took effect.`,
      {
        cure: `Look at the database, then say so: db ${unfinished.direction} --interrupted skip, if it did, or --interrupted repeat, if it did not.`,
      },
    );
  }
}

/** A statement that is applied already is not what the revision says now. */
export class AppliedStatementEditedError extends MigrationError {
  readonly code = 'APPLIED_STATEMENT_EDITED';

  constructor(
    readonly unfinished: UnfinishedRevision,
    /** What was applied. */
    readonly statement: NotedStatement,
    /** The operation that the revision has in its place, as JSON; `null`: none. */
    readonly now: string | null,
  ) {
    const was = oneLine(statement.operation, 300);
    super(
      `Statement ${statement.ordinal + 1} of the ${unfinished.direction} of ${nameOf(unfinished)} is applied already, and the revision has changed: it was ${was} and is ${now === null ? 'gone' : oneLine(now, 300)}.`,
      { cure: 'Put it back as it was, and change what comes after it, or add another revision.' },
    );
  }
}

function nameOf({ revision, message }: UnfinishedRevision): string {
  return `${revision}${message === '' ? '' : ` (${oneLine(message, 60)})`}`;
}
