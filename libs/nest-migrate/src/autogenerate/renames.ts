import { quoteIdentifier } from '../engines/sql/quoting.js';
import { RenameNotFoundError } from '../errors/autogenerate.errors.js';
import { type ForeignKeyDefinition } from '../operations/operation.js';
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
import { referencedPlace } from './read/table-names.js';
import { columnValuePossibilities, typeValuePossibilities } from './enum-value-renames.js';
import { type Possibility, type RenameState as State, withTable } from './rename-possibility.js';
import { type RenameCandidate } from './schema-comparison.js';

/**
 * Turns chosen renames into operations, and returns the other possible ones as candidates. Also returns the live schema
 * as it is after the renames, so that everything else is compared under the new names.
 *
 * @throws RenameNotFoundError for an answer that fits no possible rename.
 */
export function applyRenames(
  comparison: Comparison,
  live: LiveSchema,
  target: SchemaModel,
  answers: readonly string[],
): { readonly live: LiveSchema; readonly candidates: readonly RenameCandidate[] } {
  const state = { live };
  const open = new Set(answers);
  const candidates: RenameCandidate[] = [];
  const possible: string[] = [];
  for (const find of [tablePossibilities, columnPossibilities, typeValuePossibilities, columnValuePossibilities]) {
    const found = find(comparison, state, target);
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
    added
      .filter(({ schema }) => schema === from.schema)
      .map((to): Possibility => ({
        kind: 'table',
        from: displayName(from),
        to: displayName(to),
        answer: `${displayName(from)}:${to.name}`,
        likely: isAlike(comparison, from, to),
        isDroppedBy: (operation) =>
          operation.kind === 'dropTable' && operation.table === from.name && operation.schema === from.schema,
        apply: () => {
          const { schema } = from;
          withoutTriggers(comparison, state, from);
          plan.add('renameTables', { kind: 'renameTable', schema, from: from.name, to: to.name });
          // the names of enum checks still contain the old table's name
          state.live = withTable(state.live, from, (table) => engine.model.withoutEnums(table));
          state.live = withTableRenamed(state.live, from, to.name);
        },
      })),
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

function columnPossibilities({ engine, plan }: Comparison, state: State, target: SchemaModel): readonly Possibility[] {
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
          if (!engine.capabilities.checksFollowRenames)
            dropChecksOn({ plan, engine }, state, { ...wanted, column: from });
          plan.add('renameColumns', { kind: 'renameColumn', table: name, schema, from, to });
          state.live = withTable(state.live, wanted, (model) => engine.model.withoutEnums(model));
          state.live = withColumnRenamed(state.live, wanted, from, to);
          state.live = withTable(state.live, wanted, (model) => engine.model.withEnums(model));
        },
      })),
    );
  });
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

function withTableRenamed(live: LiveSchema, from: TableModel, to: string): LiveSchema {
  const renamed = withTable(live, from, (table) => ({ ...table, name: to }));
  return withReferences(renamed, from, (key) => ({ ...key, referencedTable: to }));
}

function withColumnRenamed(live: LiveSchema, place: QualifiedName, from: string, to: string): LiveSchema {
  const rename = (name: string): string => (name === from ? to : name);
  const inText = (sql: string): string => renameInText(sql, from, to);
  const renamed = withTable(live, place, (table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      definition: { ...column.definition, name: rename(column.definition.name) },
    })),
    ...(table.primaryKey && {
      primaryKey: { ...table.primaryKey, columns: table.primaryKey.columns.map(rename) },
    }),
    uniques: table.uniques.map((unique) => ({ ...unique, columns: unique.columns.map(rename) })),
    indexes: table.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((column) => ({ ...column, name: rename(column.name) })),
      ...(index.where !== undefined && { where: inText(index.where) }),
      ...(index.include && { include: index.include.map(rename) }),
    })),
    checks: table.checks.map((check) => ({ ...check, expression: inText(check.expression) })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(rename) })),
    ...(table.security && { security: withPolicyTexts(table.security, inText) }),
  }));
  return withReferences(renamed, place, (key) => ({ ...key, referencedColumns: key.referencedColumns.map(rename) }));
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

function renameInText(sql: string, from: string, to: string): string {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const quoted = quoteIdentifier(to, '"');
  // quoted strings match first, and are kept unchanged
  return sql.replace(new RegExp(`'(?:[^']|'')*'|(?<![\\w$])"?${escaped}"?(?![\\w$])`, 'g'), (match) =>
    match.startsWith("'") ? match : quoted,
  );
}
