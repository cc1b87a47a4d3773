import { InvalidOperationError } from '../errors/operation.errors.js';
import { isTableAlteration, type Operation } from './all.js';
import { changedColumn } from './column-change.js';
import { type AlterAssertion } from './define.js';
import { type ColumnDefinition } from './column-definition.js';
import { type ExistingTable } from './kinds/table.operations.js';

/**
 * The table of a batch. Operations of the batch are bound to it: another table is an error, and its schema applies to
 * them. What is known of its columns becomes the `existing` of `alterColumn`.
 */
export class TableBatch {
  readonly #columns = new Map<string, ColumnDefinition>();

  constructor(
    private readonly table: string,
    private readonly schema: string | undefined,
    readonly existing: ExistingTable | undefined,
    private readonly assertion: AlterAssertion = {},
  ) {
    for (const { name, ...definition } of existing?.columns ?? []) this.#columns.set(name, definition);
  }

  /** @throws InvalidOperationError where the operation is no change of this table. */
  bind(operation: Operation): Operation {
    if (!isTableAlteration(operation)) {
      const problem = `cannot be part of batchAlterTable('${this.table}').`;
      throw new InvalidOperationError(operation.kind, problem, 'Call it on the op outside of the batch.');
    }
    if (operation.table !== this.table || (operation.schema ?? this.schema) !== this.schema) {
      const problem = `names table '${operation.table}' within batchAlterTable('${this.table}').`;
      throw new InvalidOperationError(operation.kind, problem, 'Call it on the op outside of the batch.');
    }
    const { algorithm, lock } = this.assertion;
    return this.#known({
      ...operation,
      ...(this.schema !== undefined && { schema: this.schema }),
      ...((algorithm !== undefined || lock !== undefined) && { assertion: this.assertion }),
    });
  }

  #known(operation: Operation): Operation {
    switch (operation.kind) {
      case 'addColumn': {
        const { name, ...definition } = operation.column;
        this.#columns.set(name, definition);
        return operation;
      }
      case 'renameColumn': {
        const definition = this.#columns.get(operation.from);
        if (definition !== undefined) this.#columns.set(operation.to, definition);
        this.#columns.delete(operation.from);
        return operation;
      }
      case 'alterColumn': {
        const existing = operation.existing ?? this.#columns.get(operation.column);
        if (existing === undefined) return operation;
        this.#columns.set(operation.column, changedColumn(existing, operation.change));
        return { ...operation, existing };
      }
      default:
        return operation;
    }
  }
}
