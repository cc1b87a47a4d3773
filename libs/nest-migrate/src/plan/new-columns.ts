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
    switch (operation.kind) {
      case 'createTable':
        for (const { name, ...definition } of operation.columns) yield { operation, statement, name, definition };
        break;
      case 'addColumn': {
        const { name, ...definition } = operation.column;
        yield { operation, statement, name, definition };
        break;
      }
      case 'alterColumn':
        yield { operation, statement, name: operation.column, definition: definitionOf(operation.change) };
    }
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
