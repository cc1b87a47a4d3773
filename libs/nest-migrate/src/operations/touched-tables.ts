import { type Operation } from './all.js';
import { type InSchema } from './define.js';

/** A table, and those of its columns that an operation is about. */
export interface TouchedTable extends InSchema {
  /** The name of the table, without its schema. */
  readonly table: string;
  /** The names of the columns. `'all'`: the table as a whole. Empty: none of its columns. */
  readonly columns: readonly string[] | 'all';
}

/** The tables that an operation changes, under the names that they have before it. Empty where it can't be told. */
export function touchedTables(operation: Operation): readonly TouchedTable[] {
  const at = (table: string, columns: TouchedTable['columns']): readonly TouchedTable[] => [
    { table, columns, ...('schema' in operation && operation.schema !== undefined && { schema: operation.schema }) },
  ];
  switch (operation.kind) {
    case 'createTable':
      return at(
        operation.table,
        operation.columns.map(({ name }) => name),
      );
    case 'dropTable':
      return at(operation.table, 'all');
    case 'renameTable':
      return at(operation.from, 'all');
    case 'addColumn':
      return at(operation.table, [operation.column.name]);
    case 'dropColumn':
    case 'alterColumn':
      return at(operation.table, [operation.column]);
    case 'renameColumn':
      return at(operation.table, [operation.from]);
    case 'syncColumns':
    case 'unsyncColumns':
      return at(operation.table, [operation.column, operation.copy]);
    case 'createPrimaryKey':
      return at(operation.table, operation.primaryKey.columns);
    case 'createForeignKey':
      return at(operation.table, operation.foreignKey.columns);
    case 'createUniqueConstraint':
      return at(operation.table, operation.unique.columns);
    case 'dropConstraint':
      return at(operation.table, constrainedColumns(operation));
    case 'createIndex':
      return at(
        operation.table,
        operation.index.columns.map(({ name }) => name),
      );
    case 'dropIndex':
      return at(operation.table, operation.previous?.columns.map(({ name }) => name) ?? []);
    case 'bulkInsert':
      return at(operation.table, Object.keys(operation.rows[0] ?? {}));
    case 'createCheckConstraint':
    case 'validateConstraint':
    case 'alterTableComment':
    case 'renameIndex':
    case 'createTrigger':
    case 'dropTrigger':
    case 'createPartition':
    case 'dropPartition':
    case 'attachPartition':
    case 'detachPartition':
    case 'createPolicy':
    case 'dropPolicy':
    case 'alterRowLevelSecurity':
      return at(operation.table, []);
    case 'alterEnum':
    case 'dropDependents':
    case 'restoreDependents':
      return (operation.columns ?? []).map(({ schema, table, column }) => ({
        table,
        columns: [column],
        ...(schema !== undefined && { schema }),
      }));
    default:
      return [];
  }
}

/** The tables that the foreign keys of an operation refer to. */
export function referencedTables(operation: Operation): readonly TouchedTable[] {
  const keys =
    operation.kind === 'createTable'
      ? operation.foreignKeys
      : operation.kind === 'createForeignKey'
        ? [operation.foreignKey]
        : [];
  return keys.map(({ referencedTable: table, referencedSchema: schema, referencedColumns: columns }) => ({
    table,
    columns,
    ...(schema !== undefined && { schema }),
  }));
}

/** The SQL of an operation that the library does not interpret: it may be about any table. */
export function freeSql(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'execute':
      return operation.sql;
    case 'createView':
    case 'createMaterializedView':
      return operation.definition;
    default:
      return undefined;
  }
}

function constrainedColumns({ previous }: Extract<Operation, { kind: 'dropConstraint' }>): readonly string[] {
  switch (previous?.type) {
    case 'primaryKey':
      return previous.primaryKey.columns;
    case 'foreignKey':
      return previous.foreignKey.columns;
    case 'unique':
      return previous.unique.columns;
    default:
      return [];
  }
}
