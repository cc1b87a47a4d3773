import { setTimeout as pause } from 'node:timers/promises';
import { type ExistingTable, type Operation } from '../operations/operation.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { type OperationSink } from '../operations/verbs.js';
import { type RevisionData, type RevisionFunction } from './revision-data.js';

/** Ends a recording at the first question that only a database could answer. */
class Imperative extends Error {}

/**
 * Without a database a revision takes almost no time. One that takes this long waits for something else, perhaps
 * forever.
 */
const LONGEST_RECORDING_MS = 10_000;

/**
 * Runs an `upgrade` or a `downgrade` without a database. It ends at the first `op.query` or `op.transaction`.
 *
 * @param around Watches what the function does; it is passed on to nowhere.
 * @returns whether the function ended within ten seconds.
 * @throws whatever the function throws.
 */
export async function withoutDatabase(
  run: RevisionFunction,
  about: OperationsContext,
  around: (sink: OperationSink<RevisionData>) => OperationSink<RevisionData>,
): Promise<boolean> {
  const refuse = (): never => {
    throw new Imperative();
  };
  const nowhere: OperationSink<RevisionData> = {
    apply: async () => undefined,
    applyTogether: async () => undefined,
    query: refuse,
    transaction: refuse,
    backfill: async () => undefined,
    autocommitBlock: (block) => block(),
  };
  const ended = new AbortController();
  const tooLong = pause(LONGEST_RECORDING_MS, false, { signal: ended.signal }).catch(() => false);
  const done = runOperations<RevisionData>(around(nowhere), about, run).then(() => true);
  try {
    return await Promise.race([done, tooLong]);
  } finally {
    ended.abort();
  }
}

/** Why a recording does not hold everything that a revision does. */
export type Obstacle =
  /** It queries the database. */
  | 'query'
  /** It works on rows with code. */
  | 'transaction'
  /** It fills rows in batches. */
  | 'backfill'
  /** It fails without a database. */
  | 'failure'
  /** It does not end. */
  | 'endless';

/** What a revision does, as far as that can be told without a database. */
export interface Recording {
  /** In order; up to the obstacle where there is one. */
  readonly operations: readonly Operation[];
  /** Those of them that are one batch, and what the revision says of their table. */
  readonly batches: readonly RecordedBatch[];
  /** Those of them that run outside of a transaction, block by block. */
  readonly autocommitBlocks: readonly (readonly Operation[])[];
  readonly obstacle: Obstacle | null;
}

/** The operations of an `op.batchAlterTable`. */
export interface RecordedBatch {
  readonly existing: ExistingTable | undefined;
  readonly alterations: readonly Operation[];
}

/** Runs an `upgrade` or a `downgrade` without a database and returns what it would do. */
export async function recordOperations(run: RevisionFunction, about: OperationsContext): Promise<Recording> {
  const operations: Operation[] = [];
  const batches: RecordedBatch[] = [];
  const autocommitBlocks: (readonly Operation[])[] = [];
  const found: { obstacle: Obstacle | null } = { obstacle: null };
  const recording = (sink: OperationSink<RevisionData>): OperationSink<RevisionData> => ({
    ...sink,
    apply: async (operation) => {
      operations.push(operation);
    },
    applyTogether: async (together, existing) => {
      operations.push(...together);
      batches.push({ existing, alterations: together });
    },
    autocommitBlock: async (block) => {
      const before = operations.length;
      await sink.autocommitBlock(block);
      autocommitBlocks.push(operations.slice(before));
    },
    query: (sql, params) => {
      found.obstacle ??= 'query';
      return sink.query(sql, params);
    },
    transaction: (work) => {
      found.obstacle ??= 'transaction';
      return sink.transaction(work);
    },
    backfill: (backfill) => {
      found.obstacle ??= 'backfill';
      return sink.backfill(backfill);
    },
  });
  try {
    if (!(await withoutDatabase(run, about, recording))) found.obstacle ??= 'endless';
  } catch {
    found.obstacle ??= 'failure';
  }
  return { operations: [...operations], batches, autocommitBlocks, obstacle: found.obstacle };
}

/** What one call of a verb has recorded, in a function that calls verbs one after the other. */
export interface RecordedCall {
  /** A batch has several, a block those that it runs. */
  readonly operations: readonly Operation[];
  readonly form: 'operation' | 'batch' | 'block' | 'backfill' | 'data';
}

/**
 * Runs an `upgrade` or a `downgrade` without a database and returns its calls of verbs, in order, up to the first that
 * asks a database. An operation of the application counts as the operations that it is made of.
 */
export async function recordCalls(run: RevisionFunction, about: OperationsContext): Promise<readonly RecordedCall[]> {
  const calls: RecordedCall[] = [];
  let block: Operation[] | undefined;
  const told = (operations: readonly Operation[], form: RecordedCall['form']): void => {
    if (block === undefined) calls.push({ operations, form });
    else block.push(...operations);
  };
  const recording = (sink: OperationSink<RevisionData>): OperationSink<RevisionData> => ({
    ...sink,
    apply: async (operation) => told([operation], 'operation'),
    applyTogether: async (together) => told(together, 'batch'),
    autocommitBlock: async (work) => {
      const operations: Operation[] = (block = []);
      await sink.autocommitBlock(work).finally(() => (block = undefined));
      told(operations, 'block');
    },
    backfill: async () => told([], 'backfill'),
    query: (sql, params) => {
      told([], 'data');
      return sink.query(sql, params);
    },
    transaction: (work) => {
      told([], 'data');
      return sink.transaction(work);
    },
  });
  // what it did until then is recorded, and the caller compares that with the function's text
  await withoutDatabase(run, about, recording).catch(() => undefined);
  return calls;
}
