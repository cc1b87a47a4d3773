import { type ExistingTable, type Operation, type OperationOf } from '../../operations/operation.js';
import { OperationRegistry } from '../../operations/operation-registry.js';
import { type AnyOperation } from '../../operations/registered-operations.js';
import { type TableRebuild } from '../schema-comparison.js';
import { printBlock, printComment, printStatement } from './print-statement.js';
import {
  checkOptions,
  columnList,
  columnNames,
  columnOptions,
  columnSource,
  foreignKeyOptions,
  indexColumns,
  indexOptions,
  listOrNothing,
  orNothing,
  policyOptions,
  primaryKeyOptions,
  routineOptions,
  SKIPPED,
  tableForeignKey,
  tableIndex,
  triggerOptions,
  uniqueOptions,
} from './render-parts.js';
import { Block, sourceOf, sourceOfData, sqlSource, type SourceValue } from './source-value.js';
import { inBatches } from './table-batches.js';

/** A verb of `op` and its arguments; trailing arguments that say nothing are left out. */
type Call = readonly [verb: string, ...args: (SourceValue | undefined)[]];

/** How each operation is written: the inverse of the builder that scripts use. */
const calls = {
  createTable: (operation) => ['createTable', operation.table, tableOptions(operation)],
  dropTable: ({ table, schema, ifExists }) => ['dropTable', table, orNothing({ schema, ifExists })],
  renameTable: ({ from, to, schema }) => ['renameTable', from, to, orNothing({ schema })],
  alterTableComment: ({ table, comment, schema }) =>
    comment === null
      ? ['dropTableComment', table, orNothing({ schema })]
      : ['createTableComment', table, comment, orNothing({ schema })],
  addColumn: ({ table, column, schema, after, first, ifNotExists }) => [
    'addColumn',
    table,
    column.name,
    columnSource(column, { after, first, ifNotExists, schema }),
  ],
  dropColumn: ({ table, column, schema, ifExists }) => ['dropColumn', table, column, orNothing({ schema, ifExists })],
  alterColumn: ({ table, column, change, existing, schema }) => [
    'alterColumn',
    table,
    column,
    columnOptions(change),
    orNothing({ existing: existing === undefined ? undefined : columnOptions(existing), schema }),
  ],
  renameColumn: ({ table, from, to, schema }) => ['renameColumn', table, from, to, orNothing({ schema })],
  createIndex: ({ table, index, schema, concurrently, ifNotExists }) => [
    'createIndex',
    table,
    indexColumns(index.columns),
    orNothing({ ...indexOptions(index), schema, concurrently, ifNotExists }),
  ],
  dropIndex: ({ table, name, schema, concurrently, ifExists }) => [
    'dropIndex',
    table,
    name,
    orNothing({ schema, concurrently, ifExists }),
  ],
  renameIndex: ({ table, from, to, schema }) => ['renameIndex', table, from, to, orNothing({ schema })],
  createPrimaryKey: ({ table, primaryKey, schema }) => [
    'createPrimaryKey',
    table,
    columnNames(primaryKey.columns),
    orNothing({ name: primaryKey.name, schema }),
  ],
  createForeignKey: ({ table, foreignKey, schema, notValid }) => [
    'createForeignKey',
    table,
    columnNames(foreignKey.columns),
    foreignKey.referencedTable,
    columnNames(foreignKey.referencedColumns),
    orNothing({ ...foreignKeyOptions(foreignKey), schema, notValid }),
  ],
  createUniqueConstraint: ({ table, unique, schema }) => [
    'createUniqueConstraint',
    table,
    columnNames(unique.columns),
    orNothing({ name: unique.name, deferMode: unique.deferMode, schema }),
  ],
  createCheckConstraint: ({ table, check, schema, notValid }) => [
    'createCheckConstraint',
    table,
    check.expression,
    orNothing({ name: check.name, schema, notValid }),
  ],
  dropConstraint: ({ table, name, type, schema, ifExists }) => [
    'dropConstraint',
    table,
    name,
    { type, schema, ifExists },
  ],
  createSchema: ({ name }) => ['createSchema', name],
  dropSchema: ({ name }) => ['dropSchema', name],
  createEnum: ({ name, items, schema }) => ['createEnum', name, items, orNothing({ schema })],
  dropEnum: ({ name, schema }) => ['dropEnum', name, orNothing({ schema })],
  alterEnum: ({ name, items, existing, renames = [], rebuild, columns, schema }) => [
    'alterEnum',
    name,
    items,
    {
      existing,
      renames: listOrNothing(renames.map(({ from, to }) => ({ from, to }))),
      rebuild,
      columns: listOrNothing(
        columns.map(({ table, column, array, defaultRaw, schema: tableSchema }) => ({
          table,
          column,
          array,
          defaultRaw,
          schema: tableSchema,
        })),
      ),
      schema,
    },
  ],
  createView: ({ view, definition, schema, orReplace }) => [
    'createView',
    view,
    sqlSource(definition),
    orNothing({ schema, orReplace }),
  ],
  dropView: ({ view, schema, ifExists }) => ['dropView', view, orNothing({ schema, ifExists })],
  createMaterializedView: ({ view, definition, schema, withData }) => [
    'createMaterializedView',
    view,
    sqlSource(definition),
    orNothing({ schema, withData }),
  ],
  dropMaterializedView: ({ view, schema, ifExists }) => ['dropMaterializedView', view, orNothing({ schema, ifExists })],
  refreshMaterializedView: ({ view, schema, concurrently }) => [
    'refreshMaterializedView',
    view,
    orNothing({ schema, concurrently }),
  ],
  createPartition: ({ table, name, bound, schema, partitionSchema }) => [
    'createPartition',
    table,
    name,
    bound,
    orNothing({ schema, partitionSchema }),
  ],
  dropPartition: ({ table, name, schema, partitionSchema }) => [
    'dropPartition',
    table,
    name,
    orNothing({ schema, partitionSchema }),
  ],
  alterRowLevelSecurity: ({ table, level, existing, schema }) => [
    'alterRowLevelSecurity',
    table,
    level,
    orNothing({ existing, schema }),
  ],
  createPolicy: ({ table, name, policy, schema }) => [
    'createPolicy',
    table,
    name,
    { ...policyOptions(policy), schema },
  ],
  dropPolicy: ({ table, name, schema }) => ['dropPolicy', table, name, orNothing({ schema })],
  createTrigger: ({ table, name, trigger, schema }) => [
    'createTrigger',
    table,
    name,
    { ...triggerOptions(trigger), schema },
  ],
  dropTrigger: ({ table, name, schema, events }) => [
    'dropTrigger',
    table,
    name,
    // one event says nothing that the name does not
    orNothing({ events: events !== undefined && events.length > 1 ? events : undefined, schema }),
  ],
  createRoutine: ({ name, routine, schema, orReplace }) => [
    'createRoutine',
    name,
    new Block({ ...routineOptions(routine), schema, orReplace }),
  ],
  dropRoutine: ({ name, type, parameterTypes, schema, ifExists }) => [
    'dropRoutine',
    name,
    { type, parameterTypes, schema, ifExists },
  ],
  validateConstraint: ({ table, name, schema }) => ['validateConstraint', table, name, orNothing({ schema })],
  execute: ({ sql, params, postcondition, repeatable }) => [
    'execute',
    sqlSource(sql),
    listOrNothing(params.map(sourceOf)),
    orNothing({ postcondition: postcondition === undefined ? undefined : { ...postcondition }, repeatable }),
  ],
  bulkInsert: ({ table, rows, schema }) => ['bulkInsert', table, rows.map(rowOf), orNothing({ schema })],
} satisfies { readonly [K in Operation['kind']]: (operation: OperationOf<K>) => Call };

/**
 * Operations as the statements of a function body, formatted as Prettier does with single quotes, trailing commas and
 * 100 columns. Not indented: that is up to the template that they are put into, for which two columns are left.
 *
 * Run against `op`, the text gives the same operations again; only what a script does not say (`previous`, the state
 * that `reverse` needs, and `warning`, which is a comment above) is missing from them. Empty for no operations.
 *
 * @param operations a text among them is written as it stands.
 * @param rebuilds what becomes one batch.
 *
 * @example
 * renderOperations([{ kind: 'dropTable', table: 'draft' }]) // "await op.dropTable('draft');\n"
 */
export function renderOperations(
  operations: readonly (AnyOperation | string)[],
  registry: OperationRegistry = OperationRegistry.empty,
  rebuilds: readonly TableRebuild[] = [],
): string {
  const statements = inBatches(operations, rebuilds).map((step) => {
    if (typeof step === 'string') return step;
    return `${'kind' in step ? renderOperation(step, registry) : renderBatch(step)}\n`;
  });
  return statements.join('');
}

function renderBatch({ existing, alterations }: TableRebuild): string {
  const { table, schema } = existing;
  const bound = alterations.map((operation): AnyOperation => {
    // the batch knows its schema and its columns
    const isKnown = operation.kind === 'alterColumn';
    return { ...operation, schema: undefined, ...(isKnown && { existing: undefined }) } as AnyOperation;
  });
  const statements = (depth: number): readonly string[] =>
    bound.map((operation) => `${renderOperation(operation, OperationRegistry.empty, 'batch', depth)}\n`);
  const options = { schema, existing: existingOptions(existing) };
  return printBlock('op.batchAlterTable', {
    before: [table],
    work: { parameter: 'batch', statements },
    after: [options],
  });
}

function callOf(operation: AnyOperation, registry: OperationRegistry): Call {
  const definition = registry.get(operation.kind);
  if (definition === undefined) return ownCall(operation as Operation);
  const args = definition.arguments?.(operation);
  return args === undefined
    ? ['invoke', sourceOfData({ ...operation, warning: undefined }, operation.kind)]
    : [operation.kind, ...args.map((arg) => sourceOfData(arg, operation.kind))];
}

function ownCall<K extends Operation['kind']>(operation: OperationOf<K>): Call {
  const write = calls[operation.kind] as unknown as (operation: OperationOf<K>) => Call;
  return write(operation);
}

function renderOperation(operation: AnyOperation, registry: OperationRegistry, on = 'op', depth = 0): string {
  const [verb, ...args] = callOf(operation, registry);
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
  const comment = operation.warning === undefined ? '' : printComment(operation.warning, depth);
  const statement = printStatement(
    `${on}.${verb}`,
    given.map((arg) => arg ?? SKIPPED),
    depth,
  );
  return comment + statement;
}

function tableOptions(operation: OperationOf<'createTable'>): Block {
  return new Block({
    schema: operation.schema,
    columns: columnList(operation.columns),
    primaryKey: operation.primaryKey === undefined ? undefined : primaryKeyOptions(operation.primaryKey),
    uniques: listOrNothing(operation.uniques.map(uniqueOptions)),
    indexes: listOrNothing(operation.indexes.map(tableIndex)),
    checks: listOrNothing(operation.checks.map(checkOptions)),
    foreignKeys: listOrNothing(operation.foreignKeys.map(tableForeignKey)),
    comment: operation.comment,
    partitionBy: operation.partitionBy,
    ifNotExists: operation.ifNotExists,
  });
}

function existingOptions({ triggers = [], ...table }: ExistingTable): SourceValue {
  // whose table it is, the batch says
  const { record } = tableOptions({ ...table, schema: undefined });
  const list = triggers.map(({ name, trigger }) => ({ name, ...triggerOptions(trigger) }));
  return new Block({ ...record, triggers: listOrNothing(list) });
}

function rowOf(row: OperationOf<'bulkInsert'>['rows'][number]): SourceValue {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, sourceOf(value)]));
}
