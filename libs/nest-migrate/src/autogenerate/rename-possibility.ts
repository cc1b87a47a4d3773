import { type Operation } from '../operations/operation.js';
import { type LiveSchema } from './read/live-schema.js';
import { type QualifiedName, samePlace, type TableModel } from '../schema/schema-model.js';
import { type RenameCandidate } from './schema-comparison.js';

/** A rename that somebody may have meant. */
export interface Possibility extends RenameCandidate {
  /** False for a pair that is possible, and too unlike to be worth a question. */
  readonly likely: boolean;
  readonly apply: () => void;
  /** Whether the operation takes the old one away where the rename is not answered. */
  readonly isDroppedBy: (operation: Operation) => boolean;
}

/** The live schema as it is once the renames so far are done. */
export interface RenameState {
  live: LiveSchema;
}

export function withTable(
  live: LiveSchema,
  place: QualifiedName,
  change: (table: TableModel) => TableModel,
): LiveSchema {
  return { ...live, tables: live.tables.map((table) => (samePlace(table, place) ? change(table) : table)) };
}
