import { type TablePlace } from './session/row-batches.js';

/** A statement of a batch: of the first one of a pass, and of those behind a key. */
export interface BatchStatement {
  readonly first: string;
  readonly next: string;
}

/** The statements of a loop that fills rows batch by batch. */
export interface ScriptLoop {
  readonly place: TablePlace;
  /** The columns of the key. */
  readonly key: readonly string[];
  /** A query for the last key of the next batch, and the number of its rows as `nest_migrate_rows`. */
  readonly bound: BatchStatement;
  /** The same among the rows that need the work alone; absent where the revision does not say which do. */
  readonly sparse?: BatchStatement;
  readonly update: BatchStatement;
  /** Which rows need the work, as SQL in parentheses. */
  readonly where?: string;
  /** A query for how many rows of a batch still need it, as `still`. */
  readonly count?: BatchStatement;
  /** How many rows a batch has. */
  readonly limit: number;
  /** How long to wait after each batch, in milliseconds. */
  readonly pause: number;
  /** How often rows are looked for at most. */
  readonly passes: number;
}

/** How a script fills rows batch by batch. */
export interface ScriptLoops {
  /** A part of the key behind which a batch begins, in a statement of {@link ScriptLoop}. */
  after(at: number): string;
  /** A part of the last key of a batch. */
  last(at: number): string;
  /** Statements that do it, to be run outside of any transaction. */
  statements(loop: ScriptLoop): readonly string[];
}

/** Lines with an indent. */
export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
