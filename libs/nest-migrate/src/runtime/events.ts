import { type LockHolder } from '../engines/session/lock.js';
import { textOf, type Wording } from '../errors/wording.js';
import { type BackfillProgress } from '../operations/backfill.js';

/** One step that a run took, or would take: a revision applied or undone, or a row stamped. */
export interface Step {
  /** What the step does. */
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The revision that was applied or undone; `null` for a stamp to base. */
  readonly revision: string | null;
  /** The revision's message; may be empty. */
  readonly message: string;
  /** The revisions that the step leads from; empty for base. */
  readonly from: readonly string[];
  /** The revisions that the step leads to; empty for base. */
  readonly to: readonly string[];
  /** The version table's rows after the step, sorted. */
  readonly rows: readonly string[];
  /** How long the step took, in milliseconds; 0 in `stepStarted` and where only SQL is written. */
  readonly durationMs: number;
}

/**
 * What a run tells the caller's `onEvent` while it lasts.
 *
 * @example
 * await migrations.upgrade({
 *   onEvent: (event) => {
 *     if (event.type === 'stepFinished') console.log(event.step.revision, event.step.durationMs);
 *   },
 * });
 */
export type MigrationEvent = {
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
} & (
  | {
      /** Sent every few seconds while the run waits for the migration lock. */
      readonly type: 'lockWaiting';
      /** Who holds the migration lock; `null` where the server does not tell. */
      readonly holder: LockHolder | null;
    }
  | {
      /** Sent every few seconds by a process that waits until another one has upgraded the database. */
      readonly type: 'upgradeAwaited';
      /** The ids of the revisions that are still to be applied, in order. */
      readonly pending: readonly string[];
      /** Who holds the migration lock; `null` where no one does, or the server does not tell. */
      readonly holder: LockHolder | null;
    }
  | {
      /** Sent once the migration lock is taken, and once it is released. */
      readonly type: 'lockAcquired' | 'lockReleased';
    }
  | {
      /** Sent once the run is planned, before its first step. */
      readonly type: 'planned';
      /** How many steps the run will take. */
      readonly steps: number;
    }
  | {
      /** Sent before and after each step. A step that is tried again has another `stepStarted`. */
      readonly type: 'stepStarted' | 'stepFinished';
      /** The step. */
      readonly step: Step;
      /** Its position in the run, from 0. */
      readonly index: number;
    }
  | {
      /** Sent around each statement of a revision. `statementSkipped`: an earlier run has executed the statement. */
      readonly type: 'statementStarted' | 'statementFinished' | 'statementSkipped';
      /** The id of the revision. */
      readonly revision: string;
      /** The position of the statement in the revision, from 0. */
      readonly ordinal: number;
      /** The SQL of the statement. */
      readonly sql: string;
      /** How long the statement took, in milliseconds; only in `statementFinished`. */
      readonly durationMs?: number;
    }
  | {
      /** Sent before a pause: a revision, or a statement of it, waited too long for a lock and is tried again. */
      readonly type: 'retrying';
      /** The id of the revision. */
      readonly revision: string;
      /** Which of the `retries` begins after the pause, from 1. */
      readonly retry: number;
      /** How often it is tried again at most: the option `ddl.retries`. */
      readonly retries: number;
      /** How long the pause is, in milliseconds. */
      readonly delayMs: number;
      /** Why the last try failed: the text of the error, without the full stop at its end. */
      readonly reason: string;
    }
  | {
      /** Sent before the first batch of `op.backfill`, after each batch, and after the last one. */
      readonly type: 'backfillStarted' | 'backfillProgress' | 'backfillFinished';
      /** The id of the revision. */
      readonly revision: string;
      /** How far the backfill is. */
      readonly progress: BackfillProgress;
      /** Whether a log should have a line of it: at the beginning and at the end, and every half a minute between. */
      readonly isLogged: boolean;
    }
  | {
      /** Sent when a program begins to change a large table, and for each line that it writes. */
      readonly type: 'schemaChangeStarted' | 'schemaChangeOutput';
      /** The id of the revision. */
      readonly revision: string;
      /** The name of the program. */
      readonly program: string;
      /** The table. */
      readonly table: string;
      /** The line, without its line break; only in `schemaChangeOutput`. */
      readonly line?: string;
    }
  | {
      /**
       * Sent before `verify` tries a revision: once without rows, and once with rows where there are some. `import` sends it
       * before each migration and each revision that it tries.
       */
      readonly type: 'verifying';
      /** The id of the revision. */
      readonly revision: string;
      /** The revision's message; may be empty. */
      readonly message: string;
      /** How many trials came before, from 0. */
      readonly index: number;
      /** How many there are. */
      readonly total: number;
    }
  | {
      /** Sent before a post-write hook runs. */
      readonly type: 'hookStarted';
      /** The `name` of the hook, else its `bin` or `command`. */
      readonly hook: string;
      /** The absolute path of the revision's file. */
      readonly path: string;
    }
  | {
      /** Sent for each line that a post-write hook has written, once it has ended. */
      readonly type: 'hookOutput';
      /** The `name` of the hook, else its `bin` or `command`. */
      readonly hook: string;
      /** The line, without its line break. */
      readonly line: string;
    }
  | {
      /** Sent for what the caller should know and what stops nothing. */
      readonly type: 'warning';
      /** The warning, as one text for a person. */
      readonly message: string;
      /** The same text with its commands as data; absent where it names none. The group need not be called `db`. */
      readonly wording?: Wording;
    }
);

/** An event without the name of the connection, which is added in one place, at the top. */
export type RunEvent = MigrationEvent extends infer E
  ? E extends MigrationEvent
    ? Omit<E, 'connection'>
    : never
  : never;
export type Emit = (event: RunEvent) => void;

/** A warning as an event. */
export function warning(text: string | Wording): RunEvent {
  return typeof text === 'string'
    ? { type: 'warning', message: text }
    : { type: 'warning', message: textOf(text), wording: text };
}
