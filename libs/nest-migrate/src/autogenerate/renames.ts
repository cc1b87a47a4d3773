import { type ListedForeignKey } from '../engines/catalogue/catalogue.js';
import { type Engine } from '../engines/engine.js';
import { type EngineSql } from '../engines/sql/engine-sql.js';
import { RenameNotFoundError } from '../errors/autogenerate.errors.js';
import { type ColumnPlace, type ForeignKeyDefinition } from '../operations/operation.js';
import { type Comparison } from './compare/comparison.js';
import { dropTrigger } from './compare/triggers.js';
import { type LiveSchema } from './read/live-schema.js';
import {
  displayName,
  keyOf,
  type Named,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
  type TableSecurity,
} from '../schema/schema-model.js';
import { enumPlace } from './read/entity-columns.js';
import { referencedPlace } from './read/table-names.js';
import { columnValuePossibilities, typeValuePossibilities } from './enum-value-renames.js';
import { type Possibility, type RenameState as State, withTable } from './rename-possibility.js';
import { type RenameCandidate } from './schema-comparison.js';

/**
 * Turns chosen renames into operations, and returns the other possible ones as candidates. Also returns the live schema
 * as it is after the renames, so that everything else is compared under the new names.
 *
 * @param chosen `foreignKeys` are those of the whole database, under the old names.
 * @throws RenameNotFoundError for an answer that fits no possible rename.
 */
export function applyRenames(
  comparison: Comparison,
  live: LiveSchema,
  target: SchemaModel,
  { answers, foreignKeys }: { readonly answers: readonly string[]; readonly foreignKeys: readonly ListedForeignKey[] },
): { readonly live: LiveSchema; readonly candidates: readonly RenameCandidate[] } {
  const state = { live };
  const open = new Set(answers);
  const candidates: RenameCandidate[] = [];
  const possible: string[] = [];
  for (const find of [tablePossibilities, columnPossibilities, typeValuePossibilities, columnValuePossibilities]) {
    const found = find(comparison, state, target, foreignKeys);
    const answered = found.filter(({ answer }) => open.delete(answer));
    for (const { apply } of answered) apply();
    possible.push(...found.map(({ answer }) => answer));
    const settled = (name: string): boolean => answered.some(({ from, to }) => from === name || to === name);
    for (const { kind, from, to, answer, likely, isDroppedBy } of found) {
      if (!likely || settled(from) || settled(to)) continue;
      candidates.push({ kind, from, to, answer });
      const [what, loss] =
        kind === 'enumValue'
          ? ['enum value', 'it is taken away, which fails where a row holds it']
          : [kind, 'it is dropped and created again, which loses what it holds'];
      const sentence = `${what} ${from} may have become ${to}: ${loss}. If it was renamed, add --rename ${answer}`;
      comparison.possibleRenames.push({ sentence, isDroppedBy });
    }
  }
  const [unanswerable] = open;
  if (unanswerable !== undefined) throw new RenameNotFoundError(unanswerable, possible);
  return { live: state.live, candidates };
}

function tablePossibilities(comparison: Comparison, state: State, target: SchemaModel): readonly Possibility[] {
  const { engine, plan } = comparison;
  const removed = state.live.tables.filter((table) => !target.tables.some((other) => samePlace(other, table)));
  const added = target.tables.filter((table) => !state.live.tables.some((other) => samePlace(other, table)));
  return removed.flatMap((from) =>
    added.map((to): Possibility => {
      const isMoved = to.schema !== from.schema;
      return {
        kind: 'table',
        from: displayName(from),
        to: displayName(to),
        answer: `${displayName(from)}:${isMoved ? `${to.schema ?? engine.home}.` : ''}${to.name}`,
        likely: (!isMoved || to.name === from.name) && isAlike(comparison, from, to),
        isDroppedBy: (operation) =>
          operation.kind === 'dropTable' && operation.table === from.name && operation.schema === from.schema,
        apply: () => {
          const { schema } = from;
          const toSchema = isMoved ? { toSchema: to.schema ?? null } : {};
          withoutTriggers(comparison, state, from);
          warnOfRenamedTable(comparison, from, to.name);
          plan.add('renameTables', { kind: 'renameTable', schema, from: from.name, to: to.name, ...toSchema });
          // a partition in the schema of its table is moved with it
          for (const { name, schema: own } of (isMoved ? from.partitioning?.partitions : undefined) ?? []) {
            if (own !== undefined) continue;
            plan.add('renameTables', { kind: 'renameTable', schema, from: name, to: name, ...toSchema });
          }
          // the names of enum checks still contain the old table's name
          if (to.name !== from.name) {
            state.live = withTable(state.live, from, (table) => engine.model.withoutEnums(table));
          }
          state.live = withTableRenamed(engine, state.live, from, to);
        },
      };
    }),
  );
}

/**
 * A trigger names its table, and on PostgreSQL its function does too. It is therefore dropped under the old name and
 * created again under the new one.
 */
function withoutTriggers(comparison: Comparison, state: State, place: QualifiedName): void {
  if (comparison.createOnly.triggers) return;
  state.live = withTable(state.live, place, (table) => {
    for (const trigger of table.triggers) dropTrigger(comparison, table, trigger);
    return { ...table, triggers: [] };
  });
}

/** Whether most columns have the same name and type. */
function isAlike({ engine }: Comparison, from: TableModel, to: TableModel): boolean {
  const columns = ({ columns: list }: TableModel): ReadonlySet<string> =>
    new Set(
      list.map(({ definition, databaseType }) => `${definition.name} ${engine.types.canonicalType(databaseType)}`),
    );
  const [a, b] = [columns(from), columns(to)];
  const common = [...a].filter((column) => b.has(column)).length;
  return common >= 0.6 * Math.max(a.size, b.size);
}

function columnPossibilities(comparison: Comparison, state: State, target: SchemaModel): readonly Possibility[] {
  const { engine, plan } = comparison;
  return target.tables.flatMap((wanted) => {
    const table = state.live.tables.find((candidate) => samePlace(candidate, wanted));
    if (table === undefined) return [];
    const names = (model: TableModel): readonly string[] => model.columns.map(({ definition }) => definition.name);
    const removed = table.columns.filter(({ definition }) => !names(wanted).includes(definition.name));
    const added = wanted.columns.filter(({ definition }) => !names(table).includes(definition.name));
    return removed.flatMap(({ definition: { name: from }, databaseType }) =>
      added.map(({ definition: { name: to }, databaseType: wantedType }): Possibility => ({
        kind: 'column',
        from: `${displayName(wanted)}.${from}`,
        to: `${displayName(wanted)}.${to}`,
        answer: `${displayName(wanted)}.${from}:${to}`,
        likely: engine.types.canonicalType(databaseType) === engine.types.canonicalType(wantedType),
        isDroppedBy: (operation) =>
          operation.kind === 'dropColumn' &&
          operation.column === from &&
          operation.table === wanted.name &&
          operation.schema === wanted.schema,
        apply: () => {
          const { name, schema } = wanted;
          const column = { name, schema, column: from };
          warnOfLeftOut(comparison, state.live, wanted, { from, to });
          if (!engine.capabilities.expressionsFollowRenames) liftExpressionsOn(comparison, state, column);
          if (!engine.capabilities.checksFollowRenames) dropChecksOn({ plan, engine }, state, column);
          plan.add('renameColumns', { kind: 'renameColumn', table: name, schema, from, to });
          for (const [index, former] of comparison.places.entries()) {
            if (!samePlace(former.table, wanted) || former.place.after !== from) continue;
            comparison.places[index] = { ...former, place: { after: to } };
          }
          state.live = withTable(state.live, wanted, (model) => engine.model.withoutEnums(model));
          state.live = withColumnRenamed(engine.sql, state.live, wanted, { from, to });
          state.live = withTable(state.live, wanted, (model) => engine.model.withEnums(model));
        },
      })),
    );
  });
}

/** Warns of what is left out and does not follow a rename of a table, and notes the rename. */
function warnOfRenamedTable(
  { leftOut, warnings }: Pick<Comparison, 'leftOut' | 'warnings'>,
  from: TableModel,
  to: string,
): void {
  if (leftOut === undefined) return;
  const what = `${displayName(from)} to ${to}`;
  warnings.push(...warningsOf(what, { breaking: leftOut.viewsOn(from, to), grantees: leftOut.granteesOn(from) }));
  leftOut.noteTable(from, to);
}

/** @param what What is renamed, and to what. */
function warningsOf(
  what: string,
  { breaking, grantees }: Readonly<Record<'breaking' | 'grantees', readonly string[]>>,
): readonly string[] {
  const list = (parts: readonly string[]): string => new Intl.ListFormat('en-GB').format(parts);
  const [reads, has] = [breaking.length === 1 ? 'reads' : 'read', grantees.length === 1 ? 'has' : 'have'];
  return [
    ...(breaking.length === 0
      ? []
      : [
          `renames ${what}, which ${list(breaking)} ${reads} and the comparison leaves out: that fails under the new ` +
            'name, so write a statement that creates it again',
        ]),
    ...(grantees.length === 0
      ? []
      : [
          `renames ${what}, to which ${list(grantees)} ${has} rights: they stay with the old name, so write statements ` +
            'that grant them again and revoke the old ones',
        ]),
  ];
}

/** Warns of what is left out and does not follow a rename of a column, and notes the rename. */
function warnOfLeftOut(
  { leftOut, engine, warnings }: Pick<Comparison, 'leftOut' | 'engine' | 'warnings'>,
  live: LiveSchema,
  table: TableModel,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  if (leftOut === undefined) return;
  const list = (parts: readonly string[]): string => new Intl.ListFormat('en-GB').format(parts);
  const name = `${displayName(table)}.${from}`;
  // the statement that renames the column takes it along, where it may copy the table
  const isInKey =
    leftOut.foreignKeysOn(table, from).length > 0 ||
    live.tables.some((other) =>
      other.foreignKeys.some(
        (key) =>
          (samePlace(other, table) && key.columns.includes(from)) ||
          (samePlace(referencedPlace(key), table) && key.referencedColumns.includes(from)),
      ),
    );
  const holding = engine.capabilities.expressionsFollowRenames || !isInKey ? [] : leftOut.computedOn(table, from);
  if (holding.length > 0) {
    const verb = holding.length === 1 ? 'uses' : 'use';
    warnings.push(
      `renames ${name} to ${to}, which ${list(holding)} ${verb} and the comparison leaves out: the upgrade fails, so ` +
        'write the statements around the rename that drop that and create it again',
    );
  }
  const [breaking, grantees] = [leftOut.statementsOn(table, from, to), leftOut.granteesOn(table, from)];
  warnings.push(...warningsOf(`${name} to ${to}`, { breaking, grantees }));
  leftOut.noteColumn(table, from, to);
}

/** Drops checks that name a column, on engines that keep a check as text and therefore refuse to rename the column. */
function dropChecksOn(
  { plan, engine }: Pick<Comparison, 'plan' | 'engine'>,
  state: State,
  { column, ...place }: QualifiedName & { readonly column: string },
): void {
  state.live = withTable(state.live, place, (table) => {
    const isOn = ({ expression }: { readonly expression: string }): boolean => engine.sql.mentions(expression, column);
    for (const check of table.checks.filter(isOn)) {
      plan.add('prepareRenames', {
        kind: 'dropConstraint',
        table: place.name,
        schema: place.schema,
        name: check.name,
        type: 'check',
        previous: { type: 'check', check },
      });
    }
    return { ...table, checks: table.checks.filter((check) => !isOn(check)) };
  });
}

/**
 * Drops computed columns and indexes by expression that read a column, with everything on those computed columns, on
 * engines that refuse to rename the column meanwhile. The comparison finds them missing, and adds them again.
 */
function liftExpressionsOn(
  { plan, engine, places }: Comparison,
  state: State,
  { column, ...place }: QualifiedName & { readonly column: string },
): void {
  const table = state.live.tables.find((candidate) => samePlace(candidate, place));
  if (table === undefined) return;
  const at = { table: place.name, schema: place.schema };
  const read = (text: string | undefined, names: readonly string[]): boolean =>
    text !== undefined && names.some((name) => engine.sql.mentions(text, name));
  const computed: string[] = [];
  // a computed column stands behind those that it reads
  for (const { definition } of table.columns) {
    if (read(definition.generated, [column, ...computed])) computed.push(definition.name);
  }
  const isOnComputed = (columns: readonly string[]): boolean => columns.some((name) => computed.includes(name));
  const indexes = table.indexes.filter(
    ({ columns, expression, where }) =>
      // an index with a condition is one by expressions, which name all its columns
      (where !== undefined && columns.some(({ name }) => name === column)) ||
      [expression, where].some((text) => read(text, [column, ...computed])) ||
      isOnComputed(columns.map(({ name }) => name)),
  );
  const uniques = table.uniques.filter(({ columns }) => isOnComputed(columns));
  const checks = table.checks.filter(({ expression }) => read(expression, computed));
  for (const index of indexes) {
    plan.add('prepareRenames', { kind: 'dropIndex', ...at, name: index.name, previous: index });
  }
  for (const unique of uniques) {
    const previous = { type: 'unique' as const, unique };
    plan.add('prepareRenames', { kind: 'dropConstraint', ...at, name: unique.name, type: 'unique', previous });
  }
  for (const check of checks) {
    const previous = { type: 'check' as const, check };
    plan.add('prepareRenames', { kind: 'dropConstraint', ...at, name: check.name, type: 'check', previous });
  }
  // from the last to the first, so that the downgrade adds them in their original order
  for (const [position, { definition }] of [...table.columns.entries()].toReversed()) {
    if (!computed.includes(definition.name)) continue;
    const before = table.columns[position - 1]?.definition.name;
    const isLast = position === table.columns.length - 1;
    const previousPlace: ColumnPlace = before === undefined ? { first: true } : { after: before };
    if (!isLast) places.push({ table: place, column: definition.name, place: previousPlace });
    plan.add('prepareRenames', {
      kind: 'dropColumn',
      ...at,
      column: definition.name,
      previous: definition,
      ...(!isLast && { previousPlace }),
    });
  }
  state.live = withTable(state.live, place, (model) => ({
    ...model,
    columns: model.columns.filter(({ definition }) => !computed.includes(definition.name)),
    indexes: model.indexes.filter((index) => !indexes.includes(index)),
    uniques: model.uniques.filter((unique) => !uniques.includes(unique)),
    checks: model.checks.filter((check) => !checks.includes(check)),
  }));
}

function withTableRenamed(
  engine: Engine,
  live: LiveSchema,
  from: TableModel,
  { name, schema }: QualifiedName,
): LiveSchema {
  const renamed = withTable(live, from, ({ schema: _schema, ...table }) => {
    const moved = { ...table, name, ...(schema !== undefined && { schema }) };
    return schema === from.schema ? moved : withoutOwnSchema(engine, moved, from);
  });
  return withReferences(renamed, from, ({ referencedSchema: _schema, ...key }) => ({
    ...key,
    referencedTable: name,
    ...(schema !== undefined && { referencedSchema: schema }),
  }));
}

/** The same table, where what it names without a schema stays in the schema from which the table is moved. */
function withoutOwnSchema(engine: Engine, moved: TableModel, from: QualifiedName): TableModel {
  const { partitioning } = moved;
  return {
    ...moved,
    columns: moved.columns.map((column) => {
      const { nativeEnumName } = column.definition;
      if (nativeEnumName === undefined) return column;
      const reference = engine.types.enumReference(enumPlace(nativeEnumName, from, engine), moved);
      return { ...column, definition: { ...column.definition, nativeEnumName: reference } };
    }),
    ...(partitioning && {
      partitioning: {
        ...partitioning,
        partitions: partitioning.partitions.map(({ schema, ...partition }) => ({
          ...partition,
          ...(schema !== undefined && schema !== (moved.schema ?? engine.home) && { schema }),
        })),
      },
    }),
  };
}

function withColumnRenamed(
  sql: EngineSql,
  live: LiveSchema,
  place: QualifiedName,
  { from, to }: { readonly from: string; readonly to: string },
): LiveSchema {
  const rename = (name: string): string => (name === from ? to : name);
  const renamed = withTable(live, place, (table) => tableWithColumnRenamed(sql, table, { from, to }));
  return withReferences(renamed, place, (key) => ({ ...key, referencedColumns: key.referencedColumns.map(rename) }));
}

/** A table with everything in it under the new name of a column, without what refers to it from elsewhere. */
export function tableWithColumnRenamed(
  sql: EngineSql,
  table: TableModel,
  { from, to }: { readonly from: string; readonly to: string },
): TableModel {
  const rename = (name: string): string => (name === from ? to : name);
  const inText = (text: string): string => sql.withNameReplaced(text, from, to);
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      definition: {
        ...column.definition,
        name: rename(column.definition.name),
        ...(column.definition.generated !== undefined && { generated: inText(column.definition.generated) }),
      },
    })),
    ...(table.primaryKey && {
      primaryKey: { ...table.primaryKey, columns: table.primaryKey.columns.map(rename) },
    }),
    uniques: table.uniques.map((unique) => ({ ...unique, columns: unique.columns.map(rename) })),
    indexes: table.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((column) => ({ ...column, name: rename(column.name) })),
      ...(index.where !== undefined && { where: inText(index.where) }),
      ...(index.expression !== undefined && { expression: inText(index.expression) }),
      ...(index.include && { include: index.include.map(rename) }),
    })),
    checks: table.checks.map((check) => ({ ...check, expression: inText(check.expression) })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(rename) })),
    ...(table.security && { security: withPolicyTexts(table.security, inText) }),
    ...(table.partitioning && { partitioning: { ...table.partitioning, key: inText(table.partitioning.key) } }),
  };
}

function withPolicyTexts(security: TableSecurity, change: (text: string) => string): TableSecurity {
  const policies = security.policies.map(({ name, definition: { using, check, ...rest } }) => ({
    name,
    definition: {
      ...rest,
      ...(using !== undefined && { using: change(using) }),
      ...(check !== undefined && { check: change(check) }),
    },
  }));
  return { ...security, policies };
}

function withReferences(
  live: LiveSchema,
  place: QualifiedName,
  change: (key: Named<ForeignKeyDefinition>) => Named<ForeignKeyDefinition>,
): LiveSchema {
  const isThere = (key: ForeignKeyDefinition): boolean => keyOf(referencedPlace(key)) === keyOf(place);
  return {
    ...live,
    tables: live.tables.map((table) => ({
      ...table,
      foreignKeys: table.foreignKeys.map((key) => (isThere(key) ? change(key) : key)),
    })),
  };
}
