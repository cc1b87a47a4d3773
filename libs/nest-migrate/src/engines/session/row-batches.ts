import { type SqlSession } from './sql-session.js';

/** A column of a key, as the engine describes it. */
export interface KeyColumn {
  readonly name: string;
  /** Its type, as the engine writes it. */
  readonly type: string;
}

/** A unique key of a table. */
export interface TableKey {
  readonly isPrimary: boolean;
  /** In the order of the key. */
  readonly columns: readonly KeyColumn[];
  /** Why rows can't be worked through along it, such as `'code' may be null`; absent where they can. */
  readonly problem?: string;
}

/** Where a table is. */
export interface TablePlace {
  readonly schema?: string;
  readonly table: string;
}

/** How rows of a table are worked through in batches along a key, by the engine's own order of its values. */
export interface RowBatches {
  /** The unique keys of a table, the primary key first; `undefined` where there is no such table. */
  keysOf(session: SqlSession, place: TablePlace): Promise<readonly TableKey[] | undefined>;
  /** An expression for the value of a column, given as SQL, as a text that {@link literal} takes. */
  text(column: KeyColumn, sql: string): string;
  /**
   * A value of a column as SQL that compares as the column itself does; `undefined` where the text is none that
   * {@link text} returns. The text was kept in a table that others may write to.
   */
  literal(column: KeyColumn, text: string): string | undefined;
  /** A text that {@link text} has returned, as people read it. Absent where it is that already. */
  shown?(text: string): string;
  /** Whether an index serves a comparison of several columns at once: `(a, b) > (1, 2)`. */
  readonly comparesRows: boolean;
  /** A query for the number of rows that the engine supposes a table to have; it may be null. */
  supposedRows(place: TablePlace): string;
  /** What a query ends with that locks its rows; empty where a transaction locks everything. */
  readonly lock: string;
  /** A statement that is sent before a transaction whose queries have to see one state; absent where none is needed. */
  readonly isolation?: string;
  /**
   * Whether a later query of a batch's transaction sees no row that others have inserted since. Elsewhere an update can
   * return the new values of its rows, as a part of a query.
   */
  readonly isSteady: boolean;
}
