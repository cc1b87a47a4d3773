import { quoteString } from '../../engines/sql/quoting.js';
import { type EnumColumn } from '../../operations/operation.js';
import {
  type ColumnModel,
  displayName,
  type EnumModel,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
} from '../../schema/schema-model.js';
import { onlyAddsValues } from '../../operations/enum-renames.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';

/**
 * Compares native enum types; engines without them have none. Returns the existing tables as they are after that: a
 * default whose value the type loses, or that changes, is dropped before.
 */
export function compareEnums<T extends SchemaModel>(comparison: Comparison, from: T, to: SchemaModel): T {
  let live = from;
  for (const wanted of to.enums) {
    const { name, schema, items } = wanted;
    const existing = from.enums.find((candidate) => samePlace(candidate, wanted));
    if (existing === undefined) {
      if (isOnlyForKeys(comparison, from, to, wanted)) continue;
      comparison.plan.add('createEnums', { kind: 'createEnum', name, schema, items });
    } else if (JSON.stringify(existing.items) !== JSON.stringify(items)) {
      // checked with the defaults that are about to be dropped, since the downgrade restores them
      const rebuild = usesNewValues(comparison, live, to, { before: existing, after: wanted });
      const directions = directionsToRebuild({ from: existing.items, to: items, rebuild });
      const table = partitionedBy(comparison, from, existing);
      if (table !== undefined && directions.length > 0) {
        addValuesOnly(comparison, { existing, wanted, table, isPossible: !directions.includes('upgrade') });
        continue;
      }
      noteColumns(comparison, [live, to], existing, directions);
      live = withoutChangingDefaults(comparison, live, to, { existing, items });
      alterEnum(comparison, live, existing, { ...wanted, rebuild });
    }
  }
  for (const { name, schema, items, shared } of live.enums) {
    if (shared === true || to.enums.some((wanted) => samePlace(wanted, { name, schema }))) continue;
    const table = partitionedBy(comparison, from, { name, schema });
    if (table !== undefined && to.tables.some((other) => samePlace(other, table))) continue;
    comparison.plan.add('dropEnums', { kind: 'dropEnum', name, schema, previous: items });
    comparison.warn(`drops the type ${displayName({ name, schema })}, which no entity has`);
  }
  return live;
}

/** A table with a column of the type in its partition key, which keeps its type as long as the table is there. */
function partitionedBy({ engine }: Comparison, { tables }: SchemaModel, type: QualifiedName): TableModel | undefined {
  return tables.find((table) => {
    const key = table.partitioning?.key;
    const reference = engine.types.enumReference(type, table);
    return table.columns.some(
      ({ definition: { name, nativeEnumName } }) =>
        nativeEnumName === reference && key !== undefined && engine.sql.mentions(key, name),
    );
  });
}

/** Whether only columns want the type that keep another one, since they are in the partition key of their table. */
function isOnlyForKeys({ engine }: Comparison, from: SchemaModel, to: SchemaModel, type: EnumModel): boolean {
  const wanting = to.tables.flatMap((table) => {
    const reference = engine.types.enumReference(type, table);
    const key = from.tables.find((existing) => samePlace(existing, table))?.partitioning?.key;
    return table.columns
      .filter(({ definition }) => definition.nativeEnumName === reference)
      .map(({ definition }) => key !== undefined && engine.sql.mentions(key, definition.name));
  });
  return wanting.length > 0 && wanting.every(Boolean);
}

/** Adds values to a type that a partition key keeps from being rebuilt. */
function addValuesOnly(
  comparison: Comparison,
  {
    existing,
    wanted: { name, schema, items },
    table,
    isPossible,
  }: {
    readonly existing: EnumModel;
    readonly wanted: EnumModel;
    readonly table: TableModel;
    readonly isPossible: boolean;
  },
): void {
  const type = displayName({ name, schema });
  const why = `the partition key of ${displayName(table)} has that type`;
  if (!isPossible) {
    const how = 'make a new type and a new table, copy the rows and rename both in a revision by hand';
    return comparison.warn(`leaves the values of the type ${type} alone, since ${why}: ${how}`);
  }
  comparison.warn(`adds values to the type ${type}, and the downgrade leaves them there, since ${why}`);
  comparison.plan.addFor(['upgrade'], 'alterEnums', {
    kind: 'alterEnum',
    name,
    schema,
    items,
    existing: existing.items,
    columns: [],
  });
}

/** The directions in which the type is rebuilt: where values go or move. Otherwise values are only added to it. */
function directionsToRebuild({
  from,
  to,
  rebuild,
}: {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly rebuild: boolean;
}): readonly Direction[] {
  const upgrade = rebuild || !onlyAddsValues(from, to);
  const downgrade = rebuild || !onlyAddsValues(to, from);
  return [...(upgrade ? (['upgrade'] as const) : []), ...(downgrade ? (['downgrade'] as const) : [])];
}

/** Notes the columns whose type is rebuilt under the same name. */
function noteColumns(
  comparison: Comparison,
  schemas: readonly SchemaModel[],
  type: EnumModel,
  directions: readonly Direction[],
): void {
  if (directions.length === 0) return;
  for (const table of schemas.flatMap(({ tables }) => tables)) {
    const reference = comparison.engine.types.enumReference(type, table);
    for (const { definition } of table.columns) {
      if (definition.nativeEnumName !== reference) continue;
      comparison.changed.note(table, definition.name, 'recast', directions);
      // for a moment the two columns of a foreign key have different types
      comparison.unsettle(table, [definition.name]);
    }
  }
}

function withoutChangingDefaults<T extends SchemaModel>(
  { engine, plan }: Comparison,
  from: T,
  to: SchemaModel,
  { existing: type, items }: { readonly existing: EnumModel; readonly items: readonly string[] },
): T {
  const tables = from.tables.map((table) => {
    const wanted = to.tables.find((candidate) => samePlace(candidate, table));
    const reference = engine.types.enumReference(type, table);
    const columns = table.columns.map((column): ColumnModel => {
      const { name, default: value, defaultRaw, ...rest } = column.definition;
      const next = wanted?.columns.find(({ definition }) => definition.name === name)?.definition;
      // the type changes before the old default is dropped and, in the downgrade, while it is added again
      const survives = typeof value === 'string' && items.includes(value);
      const stays = next === undefined ? survives : next.nativeEnumName === reference && next.default === value;
      if (rest.nativeEnumName !== reference || column.defaultSql === undefined || stays) return column;
      const existing = {
        ...rest,
        ...(value !== undefined && { default: value }),
        ...(defaultRaw !== undefined && { defaultRaw }),
      };
      const change = value === undefined ? { defaultRaw: null } : { default: null };
      plan.add('prepareEnums', {
        kind: 'alterColumn',
        table: table.name,
        schema: table.schema,
        column: name,
        change,
        existing,
      });
      return { ...column, definition: { name, ...rest }, defaultSql: undefined };
    });
    return { ...table, columns };
  });
  return { ...from, tables };
}

function alterEnum(
  comparison: Comparison,
  from: SchemaModel,
  existing: EnumModel,
  { name, schema, items, rebuild }: EnumModel & { readonly rebuild: boolean },
): void {
  comparison.plan.add('alterEnums', {
    kind: 'alterEnum',
    name,
    schema,
    items,
    existing: existing.items,
    ...(rebuild && { rebuild }),
    columns: columnsOf(comparison, from, existing),
  });
}

/** The columns of a type, including those that are dropped: they still exist when the type changes. */
function columnsOf({ engine }: Comparison, from: SchemaModel, type: EnumModel): readonly EnumColumn[] {
  return from.tables.flatMap((table) => {
    const reference = engine.types.enumReference(type, table);
    return table.columns
      .filter(({ definition }) => definition.nativeEnumName === reference)
      .map(({ definition, defaultSql }): EnumColumn => ({
        table: table.name,
        ...(table.schema !== undefined && { schema: table.schema }),
        column: definition.name,
        ...(definition.type === 'enumArray' && { array: true }),
        ...(defaultSql !== undefined && { defaultRaw: defaultSql }),
      }));
  });
}

/**
 * Whether a value that the upgrade or the downgrade adds is used by something that depends on the type. PostgreSQL does
 * not allow a new value of an existing type to be used before the transaction that added it has ended.
 */
function usesNewValues(
  { engine }: Comparison,
  from: SchemaModel,
  to: SchemaModel,
  { before, after }: { readonly before: EnumModel; readonly after: EnumModel },
): boolean {
  const added = after.items.filter((item) => !before.items.includes(item));
  const removed = before.items.filter((item) => !after.items.includes(item));
  const uses = ({ tables }: SchemaModel, items: readonly string[]): boolean => {
    const literals = items.map(quoteString);
    return tables.some((table) => {
      const reference = engine.types.enumReference(after, table);
      const own = table.columns.filter(({ definition }) => definition.nativeEnumName === reference);
      // in a table without a column of the type, such texts mean something else
      if (own.length === 0) return false;
      if (own.some(({ definition }) => items.some((item) => item === definition.default))) return true;
      const texts = [
        ...own.map(({ defaultSql }) => defaultSql),
        ...table.columns.map(({ definition }) => definition.generated),
        ...table.checks.map(({ expression }) => expression),
        ...table.indexes.flatMap(({ where, expression }) => [where, expression]),
        ...(table.security?.policies ?? []).flatMap(({ definition }) => [definition.using, definition.check]),
      ];
      return texts.some((text) => text !== undefined && literals.some((literal) => text.includes(literal)));
    });
  };
  return uses(to, added) || uses(from, removed);
}
