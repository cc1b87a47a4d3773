import { type JournalRow } from '../engines/tables/journal-table.js';

/** The statements of a revision that was begun and not finished. */
export interface InterruptedRevision {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  readonly rows: readonly JournalRow[];
  /** False where the journal holds rows of it that this tool cannot have written. */
  readonly isReadable: boolean;
}

/** How many statements of a revision are done. */
export function statementsDone({ rows }: Pick<InterruptedRevision, 'rows'>): number {
  return rows.filter(({ state }) => state === 'done').length;
}
