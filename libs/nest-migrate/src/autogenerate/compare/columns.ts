import { changeBetween, changedColumn } from '../../operations/column-change.js';
import {
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type ColumnPlace,
  type NamedColumnDefinition,
} from '../../operations/operation.js';
import { sameDefault } from '../../schema/default-value.js';
import { type ColumnModel, displayName, type TableModel } from '../../schema/schema-model.js';
import { type ComparedColumn, type ComparisonHooks } from '../schema-comparison.js';
import { type Comparison } from './comparison.js';
import { changesType } from './type-changes.js';

/**
 * Compares the columns of a table that both sides have. Returns the names of columns that are dropped and added again.
 */
export async function compareColumns(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
): Promise<readonly string[]> {
  const place = { table: to.name, schema: to.schema };
  const existing = new Map(from.columns.map((column) => [column.definition.name, column]));
  const wanted = new Set(to.columns.map(({ definition }) => definition.name));
  const replaced: string[] = [];

  for (const column of to.columns) {
    const { definition } = column;
    const previous = existing.get(definition.name);
    if (previous === undefined) {
      comparison.plan.add('addColumns', { kind: 'addColumn', ...place, column: definition });
      comparison.unsettle(to, [definition.name]);
    } else if (await isRebuilt(comparison, from, previous, column)) {
      const previousPlace = placeOf(comparison, from, definition.name);
      comparison.plan.add(
        'replaceColumns',
        {
          kind: 'dropColumn',
          ...place,
          column: definition.name,
          previous: previous.definition,
          ...(previousPlace && { previousPlace }),
        },
        { kind: 'addColumn', ...place, column: definition, ...previousPlace },
      );
      comparison.unsettle(to, [definition.name]);
      replaced.push(definition.name);
    } else {
      await compareColumn(comparison, to, previous, column);
    }
  }
  // from the last to the first, so that the downgrade adds them in their original order
  for (const { definition } of from.columns.toReversed()) {
    if (wanted.has(definition.name)) continue;
    const isLast = !isFollowed(from, definition.name, (name) => wanted.has(name));
    const previousPlace = isLast ? undefined : placeOf(comparison, from, definition.name);
    comparison.plan.add('dropColumns', {
      kind: 'dropColumn',
      ...place,
      column: definition.name,
      previous: definition,
      ...(previousPlace && { previousPlace }),
    });
    comparison.unsettle(to, [definition.name]);
  }
  return replaced;
}

/** The position of a column that other columns follow, on an engine that can add a column at a position. */
function placeOf({ engine }: Comparison, { columns }: TableModel, name: string): ColumnPlace | undefined {
  const position = columns.findIndex(({ definition }) => definition.name === name);
  if (!engine.capabilities.placesColumns || position === columns.length - 1) return undefined;
  const before = columns[position - 1];
  return before === undefined ? { first: true } : { after: before.definition.name };
}

/** Whether a column is followed by one that `isWanted` accepts. */
function isFollowed({ columns }: TableModel, name: string, isWanted: (name: string) => boolean): boolean {
  const position = columns.findIndex(({ definition }) => definition.name === name);
  return columns.slice(position + 1).some(({ definition }) => isWanted(definition.name));
}

/**
 * Whether a column has to be dropped and added again: an engine cannot change what a column computes, nor start or stop
 * it.
 */
async function isRebuilt(
  comparison: Comparison,
  table: TableModel,
  { definition: from }: ColumnModel,
  { definition: to }: ColumnModel,
): Promise<boolean> {
  if (from.generated === undefined && to.generated === undefined) return false;
  if (isIdentity(from) || isIdentity(to)) {
    if ((from.generated ?? '') !== (to.generated ?? '')) {
      comparison.warn(
        `the identity of ${displayName(table)}.${to.name} differs (${from.generated ?? 'none'} in the database, ` +
          `${to.generated ?? 'none'} in the entity): change it by hand, which keeps the numbers`,
      );
    }
    return false;
  }
  if (from.generated === undefined || to.generated === undefined) return true;
  const [a, b] = [splitGenerated(from.generated), splitGenerated(to.generated)];
  if (a.storage !== b.storage) return true;
  const [same] = await comparison.sameConditions(table, [{ from: a.expression, to: b.expression }]);
  return same !== true;
}

function isIdentity({ generated }: ColumnDefinition): boolean {
  return generated?.includes('identity') === true && !generated.includes('(');
}

function isComputed(column: ColumnDefinition): boolean {
  return column.generated !== undefined && !isIdentity(column);
}

function splitGenerated(generated: string): { readonly expression: string; readonly storage: string } {
  const storage = /\s(stored|virtual|persistent)\s*$/i.exec(generated);
  return {
    expression: storage === null ? generated : generated.slice(0, storage.index),
    storage: storage?.[1]?.toLowerCase() ?? 'virtual',
  };
}

async function compareColumn(
  comparison: Comparison,
  table: TableModel,
  from: ColumnModel,
  to: ColumnModel,
): Promise<void> {
  const target = await withoutSpelling(comparison, table, from, to);
  const change = changeTo(from.definition, target);
  if (change === undefined) return;
  const { name, ...existing } = from.definition;
  comparison.plan.add('alterColumns', {
    kind: 'alterColumn',
    table: table.name,
    schema: table.schema,
    column: name,
    change,
    existing,
  });
  if (changesType(from.definition, target)) {
    comparison.unsettle(table, [name]);
    const types = { from: from.databaseType, to: to.databaseType };
    comparison.typeChanges.push({ table: table.name, schema: table.schema, column: name, ...types });
  }
}

/** The wanted column, with the existing column's spelling of everything that only looks different. */
async function withoutSpelling(
  comparison: Comparison,
  table: TableModel,
  from: ColumnModel,
  to: ColumnModel,
): Promise<ColumnDefinition> {
  const target: Record<string, unknown> = { ...to.definition };
  delete target['name'];
  const keep = (...keys: readonly (keyof ColumnDefinition)[]): void => {
    for (const key of keys) {
      delete target[key];
      if (from.definition[key] !== undefined) target[key] = from.definition[key];
    }
  };
  const ignores = (property: NonNullable<ColumnModel['ignored']>[number]): boolean =>
    to.ignored?.includes(property) === true;

  const { compareType, compareServerDefault } = comparison.hooks;
  const column = comparedColumn(table, from, to);
  const keepsType = ignores('type') || !(decided(compareType, column) ?? !(await sameType(comparison, from, to)));
  if (keepsType) keep('type', 'columnType', 'length', 'precision', 'scale', 'items', 'nativeEnumName');
  if (keepsType && !comparison.engine.platform.supportsUnsigned()) keep('unsigned');
  const keepsDefault =
    ignores('default') ||
    !(decided(compareServerDefault, column) ?? !(await sameColumnDefault(comparison, from, to, keepsType)));
  if (keepsDefault) keep('default', 'defaultRaw');
  if (sameCollation(comparison, table, from, to) || ignores('collation')) keep('collation');
  const sameExtra = comparison.engine.sql.sameText(plainExtra(from.definition), plainExtra(to.definition));
  if (ignores('extra') || sameExtra) keep('extra');
  if (!comparison.engine.platform.supportsComments()) keep('comment');
  // computed columns were compared earlier, and identity columns number their rows by themselves
  keep('generated', 'primary');
  if (from.definition.generated !== undefined) keep('autoincrement');
  if (isComputed(from.definition) && comparison.engine.capabilities.computedNulls !== 'compared') keep('nullable');
  if (isIdentity(from.definition)) keep('nullable');
  return target;
}

/** A column in the form that hooks receive. */
function comparedColumn({ name, schema }: TableModel, from: ColumnModel, to: ColumnModel): ComparedColumn {
  return {
    table: name,
    ...(schema !== undefined && { schema }),
    column: to.definition.name,
    database: { definition: from.definition, type: from.databaseType },
    entity: { definition: to.definition, type: to.databaseType },
  };
}

/** A hook's decision whether the column differs; `undefined` where it leaves that to the comparison. */
function decided(hook: ComparisonHooks['compareType'], column: ComparedColumn): boolean | undefined {
  if (typeof hook === 'function') return hook(column);
  return hook === false ? false : undefined;
}

async function sameType({ engine, oracle }: Comparison, from: ColumnModel, to: ColumnModel): Promise<boolean> {
  const [a, b] = [from.definition, to.definition];
  if (a.nativeEnumName !== undefined || b.nativeEnumName !== undefined) {
    return a.nativeEnumName === b.nativeEnumName && a.type === b.type;
  }
  if (a.items !== undefined || b.items !== undefined) {
    const items = (column: ColumnDefinition): string => engine.types.readBack(JSON.stringify(column.items ?? []));
    return a.type === b.type && items(a) === items(b);
  }
  if (engine.types.canonicalType(from.databaseType) === engine.types.canonicalType(to.databaseType)) return true;
  // only the engine can resolve these names: domains, types of extensions
  const [first, second] = await oracle.defaults([
    { sql: 'null', type: from.databaseType },
    { sql: 'null', type: to.databaseType },
  ]);
  return first !== undefined && first === second && engine.capabilities.comparesNullsByType;
}

async function sameColumnDefault(
  { engine, oracle }: Comparison,
  from: ColumnModel,
  to: ColumnModel,
  keepsType: boolean,
): Promise<boolean> {
  const family = engine.types.typeFamily(to.databaseType);
  const wanted = to.definition.default;
  const readBack = typeof wanted === 'string' ? { default: engine.types.readBack(wanted) } : to.definition;
  // the same default may differ after a change of type: 1 for a number, '1' for a text
  if (!keepsType) {
    return from.definition.default === readBack.default && from.definition.defaultRaw === to.definition.defaultRaw;
  }
  if (sameDefault({ from: from.definition, to: readBack }, family, engine.sql)) return true;
  if (from.defaultSql === undefined || to.defaultSql === undefined) return false;
  const [a, b] = await oracle.defaults([
    { sql: from.defaultSql, type: from.databaseType },
    { sql: to.defaultSql, type: from.databaseType },
  ]);
  return a !== undefined && a === b;
}

function sameCollation({ engine }: Comparison, table: TableModel, from: ColumnModel, to: ColumnModel): boolean {
  const plain = (name: string | undefined): string | undefined =>
    engine.capabilities.collationsIgnoreCase ? name?.toLowerCase() : name;
  const own = (name: string | undefined): string | undefined =>
    plain(name) === plain(table.collation) ? undefined : plain(name);
  return own(from.definition.collation) === own(to.definition.collation);
}

function plainExtra({ extra = '' }: ColumnDefinition): string {
  return extra.toLowerCase().replace(/\b(?:now|current_timestamp)\b(?:\(\))?/g, 'current_timestamp');
}

/** The smallest change that turns `existing` into `target`; `undefined` where they are the same. */
function changeTo(existing: NamedColumnDefinition, target: ColumnDefinition): ColumnChangeDefinition | undefined {
  const { name: _name, ...before } = existing;
  let change = changeBetween(before, target);
  if (Object.keys(change).length === 0) return undefined;
  // a property that the new type removes by itself need not be removed by name
  for (const [key, value] of Object.entries(change)) {
    if (value !== null) continue;
    const { [key as keyof ColumnDefinition]: _removed, ...smaller } = change;
    if (sameColumn(changedColumn(before, smaller), target)) change = smaller;
  }
  return change;
}

function sameColumn(a: ColumnDefinition, b: ColumnDefinition): boolean {
  return Object.keys(changeBetween(a, b)).length === 0;
}
