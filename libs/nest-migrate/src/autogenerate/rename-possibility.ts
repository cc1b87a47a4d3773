import { type Operation } from '../operations/operation.js';
import { type LiveSchema } from './read/live-schema.js';
import { type QualifiedName, samePlace, type TableModel } from '../schema/schema-model.js';
import { type RenameCandidate } from './schema-comparison.js';

/** A rename that may have been meant. */
export interface Possibility extends RenameCandidate {
  /** False for a pair that is possible, but too different to ask about. */
  readonly likely: boolean;
  readonly apply: () => void;
  /** Whether the operation drops the old object, where the rename is not chosen. */
  readonly isDroppedBy: (operation: Operation) => boolean;
}

/** The live schema as it is after the renames so far. */
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
