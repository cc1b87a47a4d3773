import { type CreateTableOperation } from '../../operations/operation.js';
import { keyOf, type SchemaModel, type TableModel } from '../../schema/schema-model.js';
import { referencedPlace } from '../read/table-names.js';
import { compareTableComments } from './comments.js';
import { decideColumns, settleColumns } from './column-decisions.js';
import { planColumns } from './column-plan.js';
import { type Comparison } from './comparison.js';
import { compareChecks, compareForeignKeys, dropForeignKey, standsOnChange } from './constraints.js';
import { compareIndexes } from './indexes.js';
import { type DecidedTable, withLinkedColumns } from './linked-columns.js';
import { comparePartitions, partitionOperation } from './partitions.js';
import { comparePrimaryKeys, liftPrimaryKey } from './primary-keys.js';

/** Compares the tables of both sides, and the content of those that both sides have. */
export async function compareTables(comparison: Comparison, from: SchemaModel, to: SchemaModel): Promise<void> {
  const existing = new Map(from.tables.map((table) => [keyOf(table), table]));
  const wanted = new Map(to.tables.map((table) => [keyOf(table), table]));
  const kept = to.tables.flatMap((table) => {
    const previous = existing.get(keyOf(table));
    return previous === undefined ? [] : [{ from: previous, to: table }];
  });
  // what hangs on a column can only be compared when it is known what becomes of all columns
  const decided = new Map<TableModel, DecidedTable>();
  await comparison.forEach(kept, async (part, { from: previous, to: table }) => {
    const columns = comparePrimaryKeys(part, previous, table);
    decided.set(table, { ...columns, decisions: await decideColumns(part, columns.from, columns.to) });
  });
  const linked = withLinkedColumns(comparison, [...decided.values()]);
  for (const { to: table, from: previous } of kept) {
    const columns = decided.get(table)!;
    const decisions = settleColumns(comparison, columns.to, linked.get(columns.to) ?? columns.decisions);
    planColumns(comparison, columns.from, columns.to, decisions);
    liftPrimaryKey(comparison, previous, table);
  }
  await comparison.forEach(kept, async (part, { from: previous, to: table }) => {
    await compareIndexes(part, previous, table);
    await compareChecks(part, previous, table);
    compareTableComments(part, previous, table);
    await comparePartitions(part, previous, table);
  });
  // foreign keys are compared last, when it is known what changes on either end
  for (const { from: previous, to: table } of kept) compareForeignKeys(comparison, previous, table);

  const added = to.tables.filter((table) => !existing.has(keyOf(table)));
  const removed = from.tables.filter((table) => !wanted.has(keyOf(table)));
  createTables(comparison, added);
  dropTables(comparison, removed, to.tables);
}

function createTables(comparison: Comparison, added: readonly TableModel[]): void {
  const waiting = new Set(added.map(keyOf));
  for (const table of byDependency(added)) {
    waiting.delete(keyOf(table));
    const isEarly = (key: TableModel['foreignKeys'][number]): boolean =>
      (comparison.engine.capabilities.looseForeignKeys || !waiting.has(keyOf(referencedPlace(key)))) &&
      !standsOnChange(comparison, table, key);
    comparison.plan.add('createTables', tableOperation(table, table.foreignKeys.filter(isEarly)));
    for (const partition of table.partitioning?.partitions ?? []) {
      comparison.plan.add('createTables', partitionOperation(table, partition));
    }
    for (const foreignKey of table.foreignKeys) {
      if (isEarly(foreignKey)) continue;
      const { name, schema } = table;
      comparison.plan.add('createForeignKeys', { kind: 'createForeignKey', table: name, schema, foreignKey });
    }
  }
}

function dropTables(comparison: Comparison, removed: readonly TableModel[], wanted: readonly TableModel[]): void {
  const phase = takesNamesOf(comparison, wanted, removed) ? 'dropTablesFirst' : 'dropTables';
  const standing = new Set(removed.map(keyOf));
  const order = byDependency(removed).toReversed();
  for (const table of order) {
    const { name, schema } = table;
    standing.delete(keyOf(table));
    // a table that the downgrade creates again can only refer to tables that exist by then
    const stays = (key: TableModel['foreignKeys'][number]): boolean => {
      if (comparison.engine.capabilities.looseForeignKeys) return true;
      const place = keyOf(referencedPlace(key));
      const isRemoved = removed.some((other) => keyOf(other) === place);
      const later = standing.has(place) || place === keyOf(table);
      return (isRemoved ? later : !standsOnChange(comparison, table, key)) && (phase === 'dropTables' || isRemoved);
    };
    for (const key of table.foreignKeys) if (!stays(key)) dropForeignKey(comparison, table, key);
    const previous = tableOperation(table, table.foreignKeys.filter(stays));
    for (const partition of table.partitioning?.partitions ?? []) {
      const { bound, ...place } = partitionOperation(table, partition);
      comparison.plan.add(phase, { ...place, kind: 'dropPartition', previous: bound });
    }
    comparison.plan.add(phase, { kind: 'dropTable', table: name, schema, previous });
  }
}

/**
 * Whether a new table has an index or a constraint with a name that a removed table still uses. That table has to be
 * dropped first.
 */
function takesNamesOf({ engine }: Comparison, wanted: readonly TableModel[], removed: readonly TableModel[]): boolean {
  const names = (table: TableModel): readonly string[] =>
    [
      table.primaryKey,
      ...table.uniques,
      ...table.indexes,
      ...(engine.capabilities.constraintsShareNames ? [...table.checks, ...table.foreignKeys] : []),
    ]
      .filter((key) => key?.name !== undefined)
      .map((key) => keyOf({ name: key?.name ?? '', schema: table.schema }));
  const taken = new Set(removed.flatMap(names));
  return wanted.flatMap(names).some((name) => taken.has(name));
}

/**
 * Tables before those that refer to them, otherwise in the given order. A circle of references begins at any of its
 * tables.
 */
function byDependency(tables: readonly TableModel[]): readonly TableModel[] {
  const byKey = new Map(tables.map((table) => [keyOf(table), table]));
  const ordered: TableModel[] = [];
  const seen = new Set<string>();
  const visit = (table: TableModel): void => {
    if (seen.has(keyOf(table))) return;
    seen.add(keyOf(table));
    for (const key of table.foreignKeys) {
      const referenced = byKey.get(keyOf(referencedPlace(key)));
      if (referenced !== undefined) visit(referenced);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}

/** The operation that creates a whole table. */
export function tableOperation(table: TableModel, foreignKeys: TableModel['foreignKeys']): CreateTableOperation {
  return {
    kind: 'createTable',
    table: table.name,
    ...(table.schema !== undefined && { schema: table.schema }),
    columns: table.columns.map(({ definition }) => definition),
    ...(table.primaryKey && { primaryKey: table.primaryKey }),
    ...(table.comment !== undefined && { comment: table.comment }),
    ...(table.partitioning && { partitionBy: table.partitioning.key }),
    indexes: table.indexes,
    uniques: table.uniques,
    checks: table.checks,
    foreignKeys,
  };
}
