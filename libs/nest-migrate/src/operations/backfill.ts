import { describe, nameOf, namesOf, optionsOf, refuse, schemaKinds, sqlOf, tableSite } from './arguments.js';
import { type InSchema } from './define.js';
import { frozen } from './frozen.js';

/** How far a backfill is, as `throttle` and the event `backfillProgress` tell it. */
export interface BackfillProgress {
  /** The table. */
  readonly table: string;
  /** How many rows of the table are behind the cursor. In a last pass: how many it has found. */
  readonly done: number;
  /** How many rows the table has, roughly; `null` where the engine does not tell, and in a last pass. */
  readonly total: number | null;
  /** How many rows the work was done for: of `set`, those that were updated; of `rows`, those that it got. */
  readonly changed: number;
  /** Which pass over the table it is, from 1. What comes after the first one looks for rows that came behind the cursor. */
  readonly pass: number;
  /** Rows a second in this run, of those behind the cursor; `null` before the first batch. */
  readonly rate: number | null;
  /** How long the rest of the first pass takes at that rate, in milliseconds; `null` where that is not known. */
  readonly leftMs: number | null;
}

/** What `op.backfill` is told, without the work itself. */
export interface BackfillPlace extends InSchema {
  /** The table whose rows are filled. */
  readonly table: string;
  /**
   * The columns of a unique key by which the rows are worked through: all of its columns, none of which may be null.
   * Default: the primary key, as the database has it. A script has no database to ask, and needs it.
   */
  readonly key?: string | readonly string[];
  /**
   * SQL: which rows need the work. Where the work makes it false, as `isbn is null` is false once `isbn` is set, rows
   * that came behind the cursor meanwhile are found by a last pass. Default: all rows, without a last pass.
   */
  readonly where?: string;
  /**
   * The most rows of a batch; the size adapts itself below that. Default: 100,000 for `set`, 10,000 for `rows`, which has
   * them all in memory.
   */
  readonly batch?: number;
  /**
   * How long a batch should take, in milliseconds, to which its size adapts: so long others may wait for its rows. Default:
   * 500. What `db migrate --online` writes says 50.
   */
  readonly batchTime?: number;
  /** How long to wait after each batch, in milliseconds. Default: not at all. */
  readonly pause?: number;
  /**
   * Called before each batch, outside of its transaction. Returns for how many milliseconds to wait before it is called
   * again; 0 lets the batch begin.
   */
  readonly throttle?: (progress: BackfillProgress) => number | Promise<number>;
}

/** Work on rows that SQL describes. */
export interface BackfillBySql extends BackfillPlace {
  /**
   * The new value of each column, as SQL that may name the columns of the row. The columns of the key are not among them.
   */
  readonly set: Readonly<Record<string, string>>;
  /** Absent beside `set`. */
  readonly rows?: undefined;
}

/** Work on rows that a function does. */
export interface BackfillByRows<Data, Row> extends BackfillPlace {
  /** Absent beside `rows`. */
  readonly set?: undefined;
  /**
   * Gets the rows of a batch, all their columns as the driver returns them, and what the function of `op.transaction`
   * gets. The rows are locked until the batch is committed. Only what it does in that transaction is done once: a mail is
   * sent again where the process dies before the commit.
   */
  readonly rows: (rows: readonly Row[], data: Data) => unknown;
}

/** The argument of `op.backfill`. */
export type BackfillOptions<Data, Row = Record<string, unknown>> = BackfillBySql | BackfillByRows<Data, Row>;

/** A backfill whose argument was checked. */
export interface Backfill<Data> {
  readonly schema?: string;
  readonly table: string;
  readonly key?: readonly string[];
  readonly where?: string;
  readonly work:
    | { readonly set: Readonly<Record<string, string>> }
    | { readonly rows: (rows: readonly Record<string, unknown>[], data: Data) => unknown };
  readonly batch: number;
  readonly batchTime: number;
  readonly pause: number;
  readonly throttle?: BackfillPlace['throttle'];
}

/** The most rows of a batch where the revision does not say. */
const MOST_ROWS = { set: 100_000, rows: 10_000 } as const;

/** How long a batch should take where the revision does not say, in milliseconds. */
const BATCH_TIME = 500;

const optionKinds = {
  ...schemaKinds,
  table: 'name',
  key: 'any',
  where: 'string',
  set: 'any',
  rows: 'any',
  batch: 'integer',
  batchTime: 'integer',
  pause: 'integer',
  throttle: 'any',
} as const;

/** @throws InvalidOperationError where the argument is wrong. */
export function checkedBackfill<Data, Row>(options: BackfillOptions<Data, Row>): Backfill<Data> {
  const { table } = Object(options) as { readonly table?: unknown };
  const site = tableSite('backfill', table);
  const {
    key,
    where,
    set,
    rows,
    batch = set === undefined ? MOST_ROWS.rows : MOST_ROWS.set,
    batchTime = BATCH_TIME,
    pause = 0,
    throttle,
    schema,
  } = optionsOf(site, options, optionKinds);
  if ((set === undefined) === (rows === undefined))
    refuse(site, "needs its work, and one of 'set' and 'rows' alone says it.");
  if (rows !== undefined && typeof rows !== 'function')
    refuse(site, `needs a function as 'rows', and got ${describe(rows)}.`);
  if (throttle !== undefined && typeof throttle !== 'function')
    refuse(site, `needs a function as 'throttle', and got ${describe(throttle)}.`);
  if (batch < 1) refuse(site, `needs a batch of at least one row, and got ${batch}.`);
  if (batchTime < 1) refuse(site, `can't do a batch in ${batchTime} ms.`);
  if (pause < 0) refuse(site, `can't wait for ${pause} ms.`);
  const columns = key === undefined ? undefined : namesOf(site, 'key', key);
  const work = set === undefined ? undefined : assignments(set);
  const moved = columns?.find((name) => work !== undefined && Object.hasOwn(work, name));
  if (moved !== undefined) refuse(site, `sets '${moved}', which is part of its key: rows would be met twice.`);
  return {
    ...(schema !== undefined && { schema }),
    table: String(table),
    ...(columns !== undefined && { key: columns }),
    ...(where !== undefined && { where: sqlOf(site, "'where'", where) }),
    work:
      work === undefined
        ? { rows: rows as (rows: readonly Record<string, unknown>[], data: Data) => unknown }
        : { set: work },
    batch,
    batchTime,
    pause,
    ...(throttle !== undefined && { throttle }),
  };

  function assignments(given: unknown): Readonly<Record<string, string>> {
    const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given);
    if (!isRecord || Object.keys(given).length === 0)
      refuse(site, `needs SQL by column as 'set', and got ${describe(given)}.`);
    const entries = Object.entries(given).map(([column, sql]: [string, unknown]) => [
      nameOf(site, 'the name of a column', column),
      sqlOf(site, `the new value of '${column}'`, sql),
    ]);
    return frozen(Object.fromEntries(entries) as Record<string, string>);
  }
}

/**
 * What a backfill does, as text to compare: an interrupted one is continued only where it is the same. How large its
 * batches are is not part of that, and neither is the code of a function.
 */
export function backfillText({ schema, table, key, where, work }: Backfill<never>): string {
  return JSON.stringify({ kind: 'backfill', schema, table, key, where, ...('set' in work ? work : { rows: true }) });
}
