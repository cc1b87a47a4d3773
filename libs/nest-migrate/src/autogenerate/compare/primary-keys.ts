import { type PrimaryKeyDefinition } from '../../operations/operation.js';
import { type ColumnModel, type TableModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/**
 * Compares the primary keys. Returns both tables as their columns are to be compared: where an auto-increment column
 * always needs a key, auto-increment is removed before the key is dropped, and added when the new key exists.
 */
export function comparePrimaryKeys(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
): { readonly from: TableModel; readonly to: TableModel } {
  if (sameColumns(from.primaryKey, to.primaryKey)) return { from, to };
  const place = { table: to.name, schema: to.schema };
  const added = comparison.engine.capabilities.autoincrementNeedsKey ? countingNewcomer(from, to) : undefined;
  const counters = comparison.engine.capabilities.autoincrementNeedsKey
    ? stopCounting(comparison, from, to)
    : new Set<string>();

  if (from.primaryKey !== undefined) {
    comparison.plan.add('dropKeys', {
      kind: 'dropConstraint',
      ...place,
      name: from.primaryKey.name ?? 'PRIMARY',
      type: 'primaryKey',
      previous: { type: 'primaryKey', primaryKey: from.primaryKey },
    });
    comparison.unsettleKey(to, from.primaryKey.columns);
  }
  if (to.primaryKey !== undefined) {
    if (added === undefined) {
      const primaryKey = { ...to.primaryKey, name: to.primaryKey.name ?? 'PRIMARY' };
      comparison.plan.add('createPrimaryKeys', { kind: 'createPrimaryKey', ...place, primaryKey });
    }
    comparison.unsettleKey(to, to.primaryKey.columns);
  }
  return {
    from: withColumns(from, (column) => (counters.has(column.definition.name) ? withoutCounting(column) : column)),
    to: withColumns(to, (column) => {
      if (column.definition.name === added) return { ...column, definition: { ...column.definition, primary: true } };
      return counters.has(column.definition.name) ? withoutCounting(column) : column;
    }),
  };
}

/**
 * Drops a primary key that stays, and creates it again, where one of its columns is dropped and added: an engine that
 * drops a column takes it out of the keys without a word.
 */
export function liftPrimaryKey(comparison: Comparison, { primaryKey }: TableModel, to: TableModel): void {
  const { plan, engine, changed } = comparison;
  if (engine.capabilities.restoresDependents || engine.ddl.needsTable !== undefined) return;
  if (primaryKey === undefined || !sameColumns(primaryKey, to.primaryKey)) return;
  const rebuilt = changed.of(to, 'rebuilt');
  const directions = new Set(primaryKey.columns.flatMap((column) => rebuilt.get(column) ?? []));
  const place = { table: to.name, schema: to.schema };
  const name = primaryKey.name ?? 'PRIMARY';
  plan.addFor([...directions], 'dropKeys', {
    kind: 'dropConstraint',
    ...place,
    name,
    type: 'primaryKey',
    previous: { type: 'primaryKey', primaryKey },
  });
  plan.addFor([...directions], 'createPrimaryKeys', {
    kind: 'createPrimaryKey',
    ...place,
    primaryKey: { ...primaryKey, name },
  });
}

function sameColumns(a: PrimaryKeyDefinition | undefined, b: PrimaryKeyDefinition | undefined): boolean {
  return JSON.stringify(a?.columns ?? null) === JSON.stringify(b?.columns ?? null);
}

/**
 * A new auto-increment column that is the whole key. It is added together with its key, else all rows would get the
 * same number.
 */
function countingNewcomer(from: TableModel, to: TableModel): string | undefined {
  const [name, ...others] = to.primaryKey?.columns ?? [];
  const existed = from.columns.some(({ definition }) => definition.name === name);
  const column = to.columns.find(({ definition }) => definition.name === name);
  return !existed && others.length === 0 && column?.definition.autoincrement === true ? name : undefined;
}

/** Removes auto-increment from the columns of the old key, and adds it to those of the new key once that exists. */
function stopCounting({ plan }: Comparison, from: TableModel, to: TableModel): ReadonlySet<string> {
  const place = { kind: 'alterColumn' as const, table: to.name, schema: to.schema };
  const counting = from.columns.filter(({ definition }) => definition.autoincrement === true);
  for (const { definition } of counting) {
    const { name, ...existing } = definition;
    plan.add('prepareKeys', { ...place, column: name, change: { autoincrement: false }, existing });
  }
  const existing = new Set(from.columns.map(({ definition }) => definition.name));
  const starting = to.columns.filter(
    ({ definition }) => definition.autoincrement === true && existing.has(definition.name),
  );
  for (const column of starting) {
    const { name, ...rest } = withoutCounting(column).definition;
    plan.add('finishKeys', { ...place, column: name, change: { autoincrement: true }, existing: rest });
  }
  return new Set([...counting, ...starting].map(({ definition }) => definition.name));
}

function withoutCounting(column: ColumnModel): ColumnModel {
  const { autoincrement: _autoincrement, ...definition } = column.definition;
  return { ...column, definition };
}

function withColumns(table: TableModel, change: (column: ColumnModel) => ColumnModel): TableModel {
  return { ...table, columns: table.columns.map(change) };
}
