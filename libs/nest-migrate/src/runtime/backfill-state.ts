/** How far a backfill is, as its note in the journal says. */
export interface BackfillState {
  readonly table: string;
  /** Which pass over the table it is, from 1. */
  readonly pass: number;
  /** The key of the last row that was worked on, as texts; `null` at the beginning of a pass. */
  readonly cursor: readonly string[] | null;
  /** How many rows are behind the cursor in this pass. */
  readonly done: number;
  /** How many rows the work was done for, in all passes. */
  readonly changed: number;
  /** Whether a row still needed the work, by the condition of the revision, when the work had been done for it. */
  readonly isLeft: boolean;
}

export function beginningOf(table: string): BackfillState {
  return { table, pass: 1, cursor: null, done: 0, changed: 0, isLeft: false };
}

export function stateText(state: BackfillState): string {
  return JSON.stringify(state);
}

/** The state that a note says; `undefined` where this library has not written it. */
export function readState(text: string): BackfillState | undefined {
  let read: Partial<Record<keyof BackfillState, unknown>>;
  try {
    read = Object(JSON.parse(text)) as typeof read;
  } catch {
    return undefined;
  }
  const { table, pass, cursor, done, changed, isLeft } = read;
  const isCursor = cursor === null || (Array.isArray(cursor) && cursor.every((part) => typeof part === 'string'));
  const areCounts = [pass, done, changed].every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
  if (typeof table !== 'string' || !isCursor || !areCounts || typeof isLeft !== 'boolean') return undefined;
  return read as BackfillState;
}
