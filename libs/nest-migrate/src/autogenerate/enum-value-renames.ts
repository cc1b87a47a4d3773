import { quoteIdentifier, quoteString } from '../engines/sql/quoting.js';
import { encodeValue } from '../operations/value.js';
import { type AlterColumnOperation, type EnumValueRename, type ExecuteOperation } from '../operations/operation.js';
import { type Comparison } from './compare/comparison.js';
import { type Engine } from '../engines/engine.js';
import { type LiveSchema } from './read/live-schema.js';
import {
  type ColumnModel,
  displayName,
  type EnumModel,
  type QualifiedName,
  samePlace,
  type SchemaModel,
} from '../schema/schema-model.js';
import { type Possibility, type RenameState, withTable } from './rename-possibility.js';

/** Possible renames of values of native enum types. The rows follow such a rename by themselves. */
export function typeValuePossibilities(
  { engine, plan }: Comparison,
  state: RenameState,
  target: SchemaModel,
): readonly Possibility[] {
  return target.enums.flatMap((wanted) => {
    const type = state.live.enums.find((candidate) => samePlace(candidate, wanted));
    if (type === undefined) return [];
    const { name, schema } = wanted;
    const removed = type.items.filter((item) => !wanted.items.includes(item));
    const added = wanted.items.filter((item) => !type.items.includes(item));
    return removed.flatMap((from) =>
      added.map((to): Possibility => ({
        kind: 'enumValue',
        from: `${displayName(wanted)}.${from}`,
        to: `${displayName(wanted)}.${to}`,
        answer: `${displayName(wanted)}.${from}:${to}`,
        likely: removed.length === added.length,
        isDroppedBy: (operation) =>
          operation.kind === 'alterEnum' && operation.name === name && operation.schema === schema,
        apply: () => {
          const before = state.live.enums.find((candidate) => samePlace(candidate, wanted))?.items ?? [];
          const items = before.map((item) => (item === from ? to : item));
          const renames = [{ from, to }];
          plan.add('renameEnumValues', {
            kind: 'alterEnum',
            name,
            schema,
            items,
            existing: before,
            renames,
            columns: [],
          });
          state.live = withEnumValueRenamed(state.live, { ...wanted, items }, { from, to }, engine);
        },
      })),
    );
  });
}

/** The live schema after the rename. Defaults that use the value follow it, as they do in the database. */
function withEnumValueRenamed(
  live: LiveSchema,
  type: EnumModel,
  { from, to }: EnumValueRename,
  engine: Engine,
): LiveSchema {
  const tables = live.tables.map((table) => {
    const reference = engine.types.enumReference(type, table);
    const columns = table.columns.map((column): ColumnModel => {
      const { definition, defaultSql } = column;
      if (definition.nativeEnumName !== reference || definition.default !== from) return column;
      return {
        ...column,
        definition: { ...definition, default: to },
        defaultSql: defaultSql?.replace(literal(from), () => literal(to)),
      };
    });
    return { ...table, columns };
  });
  const enums = live.enums.map((other) => (samePlace(other, type) ? { ...other, items: type.items } : other));
  return { ...live, tables, enums };
}

/**
 * Possible renames of values of enums that are part of a column, by its type or a check. Its rows have to be updated.
 */
export function columnValuePossibilities(
  comparison: Comparison,
  state: RenameState,
  { tables }: SchemaModel,
): readonly Possibility[] {
  return tables.flatMap((wanted) => {
    const table = state.live.tables.find((candidate) => samePlace(candidate, wanted));
    if (table === undefined) return [];
    return wanted.columns.flatMap(({ definition: { name, items } }) => {
      const existing = table.columns.find(({ definition }) => definition.name === name)?.definition.items;
      if (items === undefined || existing === undefined) return [];
      const removed = existing.filter((item) => !items.includes(item));
      const added = items.filter((item) => !existing.includes(item));
      const column = `${displayName(wanted)}.${name}`;
      return removed.flatMap((from) =>
        added.map((to): Possibility => ({
          kind: 'enumValue',
          from: `${column}.${from}`,
          to: `${column}.${to}`,
          answer: `${column}.${from}:${to}`,
          likely: removed.length === added.length,
          isDroppedBy: (operation) =>
            operation.kind === 'alterColumn' &&
            operation.change.items !== undefined &&
            operation.column === name &&
            operation.table === wanted.name &&
            operation.schema === wanted.schema,
          apply: () => renameInColumn(comparison, state, { table: wanted, column: name, rename: { from, to } }),
        })),
      );
    });
  });
}

interface ColumnValue {
  readonly table: QualifiedName;
  readonly column: string;
  readonly rename: EnumValueRename;
}

function renameInColumn(
  { engine, plan, renamedValues }: Comparison,
  state: RenameState,
  { table: { name: table, schema }, column, rename }: ColumnValue,
): void {
  const place = { name: table, ...(schema !== undefined && { schema }) };
  state.live = withTable(state.live, place, (model) => ({
    ...model,
    columns: model.columns.map((existing) => {
      if (existing.definition.name !== column) return existing;
      const renamed = renamedColumn(existing, rename);
      const { name: _before, ...before } = existing.definition;
      const both = { ...before, items: [...(before.items ?? []), rename.to] };
      const { items, default: value } = renamed.definition;
      const isDefault = value !== before.default;
      const alter = (definition: typeof before, change: AlterColumnOperation['change']): AlterColumnOperation => ({
        kind: 'alterColumn',
        table,
        schema,
        column,
        change,
        existing: definition,
      });
      if (engine.ddl.needsTable !== undefined) {
        // the rebuilt table is filled from the rows, with the new value
        const using = (old: string, now: string): string =>
          `case when ${quoted(column)} = ${literal(old)} then ${literal(now)} else ${quoted(column)} end`;
        plan.add('alterColumns', {
          ...alter(before, { items, ...(isDefault && { default: value }), using: using(rename.from, rename.to) }),
          previousUsing: using(rename.to, rename.from),
        });
        return renamed;
      }
      // for a moment both values are allowed, so a row may hold either
      plan.add(
        'renameEnumValues',
        alter(before, { items: both.items }),
        updateOf({ table, schema, column, ...rename }),
        alter(both, { items, ...(isDefault && { default: value }) }),
      );
      return renamed;
    }),
  }));
  for (const value of [rename.from, rename.to])
    renamedValues.add(JSON.stringify([schema ?? null, table, column, value]));
}

function renamedColumn(column: ColumnModel, { from, to }: EnumValueRename): ColumnModel {
  const { items, default: value } = column.definition;
  return {
    ...column,
    definition: {
      ...column.definition,
      items: items?.map((item) => (item === from ? to : item)),
      ...(value === from && { default: to }),
    },
    ...(value === from && { defaultSql: literal(to) }),
  };
}

function updateOf({ table, schema, column, from, to }: UpdateParts): ExecuteOperation {
  const place = schema === undefined ? '??' : '??.??';
  const names = schema === undefined ? [table] : [schema, table];
  const statement = (before: string, after: string): Pick<ExecuteOperation, 'sql' | 'params'> => ({
    sql: `update ${place} set ?? = ? where ?? = ?`,
    params: [...names, column, after, column, before].map(encodeValue),
  });
  return { kind: 'execute', ...statement(from, to), repeatable: true, previous: statement(to, from) };
}

function quoted(name: string): string {
  return quoteIdentifier(name, '"');
}

function literal(value: string): string {
  return quoteString(value);
}

interface UpdateParts extends EnumValueRename {
  readonly table: string;
  readonly schema: string | undefined;
  readonly column: string;
}
