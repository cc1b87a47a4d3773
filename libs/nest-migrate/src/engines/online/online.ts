import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type TableAlteration } from '../../operations/all.js';
import { type InSchema } from '../../operations/define.js';
import { type AnyOperation } from '../../operations/registered-operations.js';
import { type SqlSession } from '../session/sql-session.js';

/** Operations that a revision runs in one way, or a backfill. */
export type OnlineStep =
  | {
      readonly operations: readonly AnyOperation[];
      /** Whether they run outside of a transaction, each statement on its own. */
      readonly autocommit: boolean;
      /** Which of them are one batch, beside those that were one already. */
      readonly batches?: readonly (readonly TableAlteration[])[];
    }
  | OnlineBackfill;

/** Rows that are filled in batches. */
export interface OnlineBackfill {
  readonly backfill: InSchema & {
    readonly table: string;
    /** The columns of the primary key. */
    readonly key: readonly string[];
    readonly where: string;
    readonly set: Readonly<Record<string, string>>;
    /** How long a batch should take, in milliseconds. */
    readonly batchTime: number;
  };
}

/** Requests that write the rows of a batch wait for its end. */
export const ONLINE_BATCH_TIME = 50;

/**
 * Writes the operations of a function as steps that do the same and let the application's requests go on. An operation
 * for which there is no such way keeps its form, with a warning that says why.
 *
 * Operations that the application registered stay as they are.
 */
export type OnlineWriter = (operations: readonly AnyOperation[]) => readonly OnlineStep[];

/** What is looked at before operations are written. An engine takes what it needs. */
export interface OnlineSources {
  /** The application's database, which stands before the operations or after them. It is only read. */
  readonly onDatabase: <T>(work: (connection: AbstractSqlConnection) => Promise<T>) => Promise<T>;
  /** A scratch database at the newest revisions, a new one each time. */
  readonly onScratch: <T>(work: (session: SqlSession) => Promise<T>) => Promise<T>;
}

/**
 * Looks at what the steps depend on.
 *
 * @param functions The operations of each function that will be written, in the order in which they can be run one after
 * the other. Nothing else is looked at.
 */
export type LookOnline = (
  sources: OnlineSources,
  functions: readonly (readonly AnyOperation[])[],
) => Promise<OnlineWriter>;

/** The steps for operations one after the other: those that run in the same way are one step. */
export function stepsOf(parts: readonly OnlinePart[]): readonly OnlineStep[] {
  const steps: (OnlineBackfill | { operations: AnyOperation[]; autocommit: boolean })[] = [];
  for (const part of parts) {
    const last = steps.at(-1);
    if ('backfill' in part) steps.push(part);
    else if (last !== undefined && 'operations' in last && last.autocommit === part.autocommit) {
      last.operations.push(part.operation);
    } else steps.push({ operations: [part.operation], autocommit: part.autocommit });
  }
  return steps;
}

/** One operation of a step, or a backfill. */
export type OnlinePart = { readonly operation: AnyOperation; readonly autocommit: boolean } | OnlineBackfill;

/** The operation with a sentence more in its warning. */
export function warned<O extends AnyOperation>(operation: O, sentence: string): O {
  const { warning } = operation;
  return { ...operation, warning: warning === undefined ? sentence : `${warning}; ${sentence}` };
}
