import { type LockHolder } from '../engines/dialect.js';
import { textOf, type Wording } from '../errors/wording.js';

/** One step that a run took, or would take. */
export interface Step {
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The revision that was applied or undone; `null` for a stamp to base. */
  readonly revision: string | null;
  readonly message: string;
  /** The revisions that the step leads from; empty for base. */
  readonly from: readonly string[];
  /** The revisions that the step leads to; empty for base. */
  readonly to: readonly string[];
  /** The version table's rows after the step, sorted. */
  readonly rows: readonly string[];
  /** How long the step took, in milliseconds. */
  readonly durationMs: number;
}

/** What a run tells while it goes on. `connection` is `default` where the connection has no name. */
export type MigrationEvent = { readonly connection: string } & (
  | { readonly type: 'lockWaiting'; readonly holder: LockHolder | null }
  | {
      /** Emitted every few seconds by a process that waits until another one has upgraded the database. */
      readonly type: 'upgradeAwaited';
      /** The revisions that are not yet applied, in order. */
      readonly pending: readonly string[];
      /** The holder of the migration lock; `null` where the lock is free, or the server does not tell. */
      readonly holder: LockHolder | null;
    }
  | { readonly type: 'lockAcquired' | 'lockReleased' }
  | { readonly type: 'planned'; readonly steps: number }
  | { readonly type: 'stepStarted' | 'stepFinished'; readonly step: Step; readonly index: number }
  | {
      readonly type: 'statementStarted' | 'statementFinished' | 'statementSkipped';
      readonly revision: string;
      readonly ordinal: number;
      readonly sql: string;
      readonly durationMs?: number;
    }
  | {
      /**
       * Emitted before a pause: a revision, or a statement of it, has waited too long for a lock and is tried again.
       */
      readonly type: 'retrying';
      readonly revision: string;
      /** Which of the `retries` begins after the pause, from 1. */
      readonly retry: number;
      readonly retries: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  | { readonly type: 'hookStarted'; readonly hook: string; readonly path: string }
  | { readonly type: 'hookOutput'; readonly hook: string; readonly line: string }
  | {
      readonly type: 'warning';
      readonly message: string;
      /**
       * The message with the commands that it names as data, where it names any: the command group need not be called
       * `db`.
       */
      readonly wording?: Wording;
    }
);

/** An event as it is raised inside a run: the connection's name is added once, by the caller at the top. */
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
