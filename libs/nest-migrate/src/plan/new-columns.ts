import { objectChanges } from '../operations/all.js';
import { type ColumnDefinition } from '../operations/operation.js';
import { type PlannedOperation, type PlannedRun } from './planned-run.js';

/** A column that a run creates, or gives another type. */
export interface NewColumn extends PlannedOperation<'createTable' | 'addColumn' | 'alterColumn'> {
  readonly name: string;
  /** What the operation says of it. */
  readonly definition: ColumnDefinition;
}

/** The columns that a run creates, or gives another type, in their order. */
export function* newColumns(run: PlannedRun): Generator<NewColumn> {
  for (const { operation, statement } of run.operations('createTable', 'addColumn', 'alterColumn')) {
    const told = objectChanges(operation).flatMap(({ definitions = [] }) => definitions);
    for (const { name, given = {} } of told) yield { operation, statement, name, definition: definitionOf(given) };
  }
}

function definitionOf({
  type,
  columnType,
}: {
  readonly type?: unknown;
  readonly columnType?: string | null;
}): ColumnDefinition {
  return {
    ...(typeof type === 'string' && { type: type as NonNullable<ColumnDefinition['type']> }),
    ...(typeof columnType === 'string' && { columnType }),
  };
}
