import { quoteIdentifier, quoteString } from '../engines/sql/quoting.js';
import { encodeValue } from '../operations/value.js';
import {
  type AlterColumnOperation,
  type EnumValueRename,
  type ExecuteOperation,
  type ForeignKeyDefinition,
} from '../operations/operation.js';
import { type Comparison } from './compare/comparison.js';
import { dropTrigger } from './compare/triggers.js';
import { type Engine } from '../engines/engine.js';
import { type OperationPlan } from './operation-plan.js';
import { type ListedForeignKey } from '../engines/catalogue/catalogue.js';
import { type LiveSchema } from './read/live-schema.js';
import { referencedPlace } from './read/table-names.js';
import {
  type ColumnModel,
  displayName,
  type EnumModel,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
  type TriggerModel,
} from '../schema/schema-model.js';
import { withValueRenamed } from './renamed-type-values.js';
import { type Possibility, type RenameState, withTable } from './rename-possibility.js';

/** Possible renames of values of native enum types. The rows follow such a rename by themselves. */
export function typeValuePossibilities(
  comparison: Comparison,
  state: RenameState,
  target: SchemaModel,
): readonly Possibility[] {
  const { engine, plan, typeValueRenames } = comparison;
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
          state.live = withoutArrayDefaults(comparison, state.live, wanted, from);
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
          const rename = { type: { name, ...(schema !== undefined && { schema }) }, from, to };
          typeValueRenames.push(rename);
          state.live = {
            ...state.live,
            tables: state.live.tables.map((table) => withValueRenamed(table, rename)),
          };
        },
      })),
    );
  });
}

/**
 * Drops the defaults of arrays of the type that may hold the value. Each side spells an array in its own way, and the
 * downgrade can set the old default only when the value has its old name again.
 */
function withoutArrayDefaults(
  { engine, plan }: Comparison,
  live: LiveSchema,
  type: QualifiedName,
  value: string,
): LiveSchema {
  const tables = live.tables.map((table) => {
    const reference = engine.types.enumReference(type, table);
    const columns = table.columns.map((column): ColumnModel => {
      const { name, ...existing } = column.definition;
      const holds = existing.type === 'enumArray' && existing.nativeEnumName === reference;
      // a name with quotes is escaped in the text, so it is looked for by its plain parts
      const parts = value.split(/["'\\]+/);
      if (!holds || column.defaultSql === undefined || !parts.every((part) => column.defaultSql?.includes(part))) {
        return column;
      }
      const { default: plain, defaultRaw: _raw, ...rest } = existing;
      plan.add('renameEnumValues', {
        kind: 'alterColumn',
        table: table.name,
        schema: table.schema,
        column: name,
        change: plain === undefined ? { defaultRaw: null } : { default: null },
        existing,
      });
      return { ...column, definition: { name, ...rest }, defaultSql: undefined };
    });
    return { ...table, columns };
  });
  return { ...live, tables };
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
  foreignKeys: readonly ListedForeignKey[],
): readonly Possibility[] {
  return tables.flatMap((wanted) => {
    const table = state.live.tables.find((candidate) => samePlace(candidate, wanted));
    if (table === undefined) return [];
    return wanted.columns.flatMap(({ definition: { name, items } }) => {
      const existing = table.columns.find(({ definition }) => definition.name === name)?.definition.items;
      if (items === undefined || existing === undefined) return [];
      // such a key forbids the rows to change, and the column is left alone
      if ((comparison.leftOut?.foreignKeysOn(table, name) ?? []).length > 0) return [];
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
          apply: () => {
            const holding = undeclaredKeysTo(comparison, state.live, foreignKeys, { table: wanted, column: name });
            if (holding.length === 0) {
              liftTriggersOnUpdate(comparison, state, wanted);
              renameInColumn(comparison, state, { table: wanted, column: name, rename: { from, to } });
            } else leaveValues(comparison, state, wanted, { column: name, holding });
          },
        })),
      );
    });
  });
}

/**
 * The foreign keys to a column that the comparison leaves out and that do not follow an update, in words: the rows of
 * neither end can get another value while they are there.
 */
function undeclaredKeysTo(
  { plan }: Comparison,
  live: LiveSchema,
  foreignKeys: readonly ListedForeignKey[],
  { table, column }: { readonly table: QualifiedName; readonly column: string },
): readonly string[] {
  const place = plan.placeBefore(table);
  const before = plan.renamesOf(table).find(({ to }) => to === column)?.from ?? column;
  const isSeen = (name: string): boolean =>
    live.tables.some(({ foreignKeys }) => foreignKeys.some((key) => key.name === name));
  return foreignKeys
    .filter(({ key }) => samePlace(referencedPlace(key), place) && key.referencedColumns.includes(before))
    .filter(({ key: { name, updateRule } }) => updateRule !== 'cascade' && !isSeen(name))
    .map(({ table: other, key: { name } }) => `the foreign key ${name} of ${displayName(other)}`);
}

/** Takes the values of a column as they are wanted, and warns that they are not. */
function leaveValues(
  { warnings }: Comparison,
  state: RenameState,
  wanted: TableModel,
  { column, holding }: { readonly column: string; readonly holding: readonly string[] },
): void {
  const definition = wanted.columns.find(({ definition: { name } }) => name === column);
  state.live = withTable(state.live, wanted, (model) => ({
    ...model,
    columns: model.columns.map((existing) =>
      existing.definition.name === column && definition !== undefined ? definition : existing,
    ),
  }));
  warnings.push(
    `leaves ${displayName(wanted)}.${column} alone, whose values cannot change while ` +
      `${new Intl.ListFormat('en-GB').format(holding)} refers to them and the comparison leaves that out: in a ` +
      'revision by hand, drop that, change the rows of both tables, and create it again',
  );
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
  const followers = engine.capabilities.looseForeignKeys ? [] : referringTo(state.live, place, column);
  if (!engine.capabilities.looseForeignKeys) liftForeignKeysOn(plan, state, place, column);
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
        ...followers.map((follower) => updateOf({ ...follower, ...rename })),
        alter(both, { items, ...(isDefault && { default: value }) }),
      );
      return renamed;
    }),
  }));
  for (const value of [rename.from, rename.to])
    renamedValues.add(JSON.stringify([schema ?? null, table, column, value]));
}

/** The columns without values of their own that refer to a column, or to one that does. */
function referringTo(
  live: LiveSchema,
  place: QualifiedName,
  column: string,
  seen: readonly string[] = [],
): readonly Pick<UpdateParts, 'table' | 'schema' | 'column'>[] {
  return live.tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      const referring = key.columns[key.referencedColumns.indexOf(column)];
      const id = JSON.stringify([table.schema, table.name, referring]);
      const found = table.columns.find(({ definition }) => definition.name === referring)?.definition;
      const isOther = found?.items !== undefined || found?.nativeEnumName !== undefined || seen.includes(id);
      if (!samePlace(referencedPlace(key), place) || found === undefined || isOther) return [];
      const { name, schema } = table;
      return [{ table: name, schema, column: found.name }, ...referringTo(live, table, found.name, [...seen, id])];
    }),
  );
}

/**
 * Drops the triggers of a table that fire on an update: the rows stay what they are, with another name of a value. The
 * comparison finds them missing, and adds them again. They stay where other sessions could write meanwhile, and where the
 * rows are copied into a new table.
 */
function liftTriggersOnUpdate(comparison: Comparison, state: RenameState, wanted: TableModel): void {
  const { capabilities, ddl } = comparison.engine;
  if (comparison.createOnly.triggers || !capabilities.transactionalDdl || ddl.needsTable !== undefined) return;
  state.live = withTable(state.live, wanted, (table) => {
    const isFired = ({ name, definition }: TriggerModel): boolean =>
      definition.events.includes('update') && wanted.triggers.some((other) => other.name === name);
    for (const trigger of table.triggers.filter(isFired)) dropTrigger(comparison, table, trigger);
    return { ...table, triggers: table.triggers.filter((trigger) => !isFired(trigger)) };
  });
}

/**
 * Drops the foreign keys at either end of a column: for a moment the values of the two ends differ. The comparison finds
 * them missing, and adds them again.
 */
function liftForeignKeysOn(plan: OperationPlan, state: RenameState, place: QualifiedName, column: string): void {
  for (const table of state.live.tables) {
    const isOn = (key: ForeignKeyDefinition): boolean =>
      (samePlace(table, place) && key.columns.includes(column)) ||
      (samePlace(referencedPlace(key), place) && key.referencedColumns.includes(column));
    for (const foreignKey of table.foreignKeys.filter(isOn)) {
      plan.add('prepareRenames', {
        kind: 'dropConstraint',
        table: table.name,
        schema: table.schema,
        name: foreignKey.name,
        type: 'foreignKey',
        previous: { type: 'foreignKey', foreignKey },
      });
    }
    state.live = withTable(state.live, table, (model) => ({
      ...model,
      foreignKeys: model.foreignKeys.filter((key) => !isOn(key)),
    }));
  }
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
