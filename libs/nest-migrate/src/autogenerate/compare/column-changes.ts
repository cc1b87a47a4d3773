import { changeBetween, changedColumn } from '../../operations/column-change.js';
import {
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type NamedColumnDefinition,
} from '../../operations/operation.js';
import { sameDefault } from '../../schema/default-value.js';
import { type ColumnModel, type TableModel } from '../../schema/schema-model.js';
import { type ComparedColumn, type ComparisonHooks } from '../schema-comparison.js';
import { sameComment } from './comments.js';
import { type Comparison } from './comparison.js';
import { isComputed } from './computed-columns.js';
import { changesType } from '../../operations/type-changes.js';

/** The change of a column that stays; absent properties where nothing of it changes. */
export interface ColumnChanges {
  readonly change?: ColumnChangeDefinition;
  readonly changesType: boolean;
}

/** What has to change of a column that stays, beyond what is only spelled otherwise. */
export async function changesOf(
  comparison: Comparison,
  table: TableModel,
  from: ColumnModel,
  to: ColumnModel,
): Promise<ColumnChanges> {
  const target = await withoutSpelling(comparison, table, from, to);
  const change = changeTo(from.definition, target);
  return { ...(change && { change }), changesType: change !== undefined && changesType(from.definition, target) };
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
  if (keepsType) keep('type', 'columnType', 'length', 'precision', 'scale', 'items', 'nativeEnumName', 'checkName');
  if (keepsType && !comparison.engine.platform.supportsUnsigned()) keep('unsigned');
  const keepsDefault =
    ignores('default') ||
    !(decided(compareServerDefault, column) ?? !(await sameColumnDefault(comparison, from, to, keepsType)));
  if (keepsDefault) keep('default', 'defaultRaw');
  if (sameCollation(comparison, table, from, to) || ignores('collation')) keep('collation');
  const { withUndeclared } = comparison.engine.types;
  const extra = withUndeclared?.(to.definition.extra ?? '', from.definition.extra ?? '') ?? to.definition.extra;
  if (extra !== undefined && extra !== '') target['extra'] = extra;
  if (ignores('extra') || comparison.engine.sql.sameText(plainExtra(from.definition), plainExtra({ extra }))) {
    keep('extra');
  }
  if (
    !comparison.engine.platform.supportsComments() ||
    sameComment(comparison, from.definition.comment, to.definition.comment)
  ) {
    keep('comment');
  }
  if (await countsAlike(comparison, from, to)) keep('autoincrement', 'default', 'defaultRaw');
  keep('primary');
  // computed columns were compared earlier
  if (isComputed(from.definition) && isComputed(to.definition)) {
    keep('generated', 'autoincrement');
    if (comparison.engine.capabilities.computedNulls !== 'compared') keep('nullable');
  } else if (isComputed(from.definition)) {
    target['nullable'] = to.definition.nullable ?? false;
  }
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
  if (a.nativeEnumName !== undefined && b.nativeEnumName !== undefined) {
    return a.nativeEnumName === b.nativeEnumName && a.type === b.type;
  }
  if (a.items !== undefined || b.items !== undefined) {
    const items = (column: ColumnDefinition): string => engine.types.readBack(JSON.stringify(column.items ?? []));
    return a.type === b.type && items(a) === items(b);
  }
  const wanted = engine.types.withUndeclared?.(to.databaseType, from.databaseType) ?? to.databaseType;
  if (engine.types.canonicalType(from.databaseType) === engine.types.canonicalType(wanted)) return true;
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
  const { default: wanted, items } = to.definition;
  // the default of an enum is one of its items
  const read = items === undefined ? engine.types.readBackDefault : engine.types.readBack;
  const readBack = typeof wanted === 'string' ? { default: read(wanted) } : to.definition;
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

/**
 * Whether a column counts by the sequence that its entity wants, whichever that belongs to: an entity that only wants
 * auto-increment is content with the sequence of an older database, and one that names the column's own has it.
 */
async function countsAlike({ engine, oracle }: Comparison, from: ColumnModel, to: ColumnModel): Promise<boolean> {
  if (from.defaultSql === undefined || engine.types.isNextValue?.(from.defaultSql) !== true) return false;
  if (to.definition.autoincrement === true) return true;
  if (to.defaultSql === undefined) return false;
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
