import { changedColumn } from '../../../operations/column-change.js';
import {
  type ColumnDefinition,
  type IndexDefinition,
  type Operation,
  type OperationOf,
} from '../../../operations/operation.js';
import { isStatement } from '../../../operations/index-definition.js';
import { isWider } from '../../../operations/type-changes.js';
import { type Named, type QualifiedName } from '../../../schema/schema-model.js';
import { hasPlainItems } from '../../ddl/enum-check.js';
import { ONLINE_BATCH_TIME, type OnlinePart, warned } from '../../online/online.js';
import { counterOf } from '../ddl/counter.js';
import { objectName } from '../ddl/object-name.js';
import { postgresSql } from '../lexical-rules.js';
import { copyOf, type MovedColumnFacts, namesOf } from './moved-column-facts.js';
import { notNull } from './not-null.js';
import { type OfTable, requestsOn } from './table-place.js';
import { inside, outside, type WrittenParts } from './written-parts.js';

/** A column that moves to a new one of another type, which then takes its name. */
export interface Move {
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
  readonly before: ColumnDefinition;
  readonly after: ColumnDefinition;
  /** The new value, as SQL that names no other column. */
  readonly value: string;
  readonly key: readonly string[];
  readonly facts: MovedColumnFacts;
  /** The types that expressions on the column cast to, and what they are called while the column is filled. */
  readonly typeNames?: readonly (readonly [from: string, to: string])[];
}

/** Why a change of type keeps its form, in words that go on after "since"; else how the column moves. */
export function moveOf(written: WrittenParts, operation: OperationOf<'alterColumn'>): Move | string {
  const { schema, table, column, change, existing } = operation;
  if (existing === undefined) return 'the revision does not say what it is before';
  const after = changedColumn(existing, change);
  if (hasPlainItems(existing) || hasPlainItems(after)) return 'a check holds its items';
  if (counterOf(existing) !== counterOf(after)) return 'the way in which it counts changes as well';
  const value = valueOf(written, operation);
  const facts = written.movedColumn(operation, column);
  if (typeof facts === 'string') return facts;
  const isIdentity = counterOf(existing) !== 'none' && counterOf(existing) !== 'serial';
  // its sequence is created again, and must not repeat the numbers that are there
  if (isIdentity && !beginsAnIndex(column, facts)) return 'it counts, and no index begins with it';
  const why = facts.obstacle ?? otherColumn(value, column, facts) ?? volatile(written, value);
  if (why !== undefined) return why;
  const key = written.facts.primaryKeyOf(written.known(operation));
  if (key === undefined) return 'the rows of a table without a primary key cannot be filled in batches';
  return { schema, table, column, before: existing, after, value, key, facts };
}

/** Writes the change of type of one column. */
export function moveColumn(written: WrittenParts, operation: OperationOf<'alterColumn'>, move: Move): void {
  const told = isWider(move.before, move.after)
    ? operation.warning
    : [operation.warning, refusal(move)].filter((text) => text !== undefined).join('; ');
  const { before, leave, take, after } = moveParts(move);
  written.move({ warning: told }, { before, swap: aroundDependents([move], [...leave, ...take]), after });
}

/** A sentence about the time between the first statement and the last one. */
function refusal({ table, schema, column }: Move): string {
  return `${requestsOn({ table, schema })} that write a value of ${column} which cannot be converted fail from here on`;
}

/** What hangs on the columns and is not created by the operations themselves is dropped before them, and restored. */
export function aroundDependents(
  moves: readonly Move[],
  operations: readonly Operation[],
  types?: readonly QualifiedName[],
): readonly Operation[] {
  const parts = {
    columns: moves.map((move) => ({ ...placeIn(move), column: move.column, rebuilt: true })),
    ...(types !== undefined && { types }),
    except: [...new Set(moves.flatMap(({ facts }) => namesOf(facts)))],
  };
  const names = new Map(moves.map((move) => [tableName(move), placeIn(move)]));
  const objects = { tables: [...names.values()].map(({ table: name, ...rest }) => ({ name, ...rest })) };
  return [
    { kind: 'dropDependents', ...parts },
    { kind: 'keepAttributes', ...objects },
    ...operations,
    { kind: 'restoreAttributes', ...objects },
    { kind: 'restoreDependents', ...parts },
  ];
}

/** The operations of a move: while the column is in use, up to the new name, what the column has then, and what reads rows. */
export function moveParts(move: Move): {
  readonly before: readonly OnlinePart[];
  readonly leave: readonly Operation[];
  readonly take: readonly Operation[];
  readonly after: readonly OnlinePart[];
} {
  const { column, after, value, key, facts } = move;
  const at = placeIn(move);
  const copy = copyOf(column);
  const { nullable, default: given, defaultRaw, autoincrement: _, primary: _primary, generated, ...typed } = after;
  const isRequired = nullable !== true;
  const [created, validated, , dropped] = isRequired ? notNull({ ...at, column: copy }) : [];
  const quoted = postgresSql.quote(copy);
  const temporary = (name: string): string => objectName(name, [column], 'new');
  const counts = counterOf(move.before) !== 'none';
  const isSame = value === postgresSql.quote(column);
  const indexed = facts.indexes.map((index) => ({ name: index.name, index: copiedIndex(index, move, temporary) }));
  const keyed = facts.keys.map((one) => ({ ...one, index: temporary(one.name) }));
  const filled = isSame ? value : `(${value})`;
  const before: OnlinePart[] = [
    inside({ kind: 'addColumn', ...at, column: { name: copy, ...typed, nullable: true } }),
    inside({
      kind: 'syncColumns',
      ...at,
      column,
      copy,
      conversion: { ...(!isSame && { forward: value }), back: false },
    }),
    {
      backfill: {
        ...at,
        key,
        where: `${quoted} is null and ${filled} is not null`,
        set: { [copy]: value },
        batchTime: ONLINE_BATCH_TIME,
      },
    },
    ...present(created, validated),
    ...indexed.map(({ index }) => outside({ kind: 'createIndex', ...at, index, concurrently: true })),
    ...keyed.map(({ index: name, columns }) => {
      const index = { name, columns: columns.map((one) => ({ name: one === column ? copy : one })), unique: true };
      return outside({ kind: 'createIndex', ...at, index, concurrently: true });
    }),
    // PostgreSQL knows nothing of its values yet
    outside({ kind: 'execute', sql: `analyze ${tableName(at)} (${quoted})`, params: [], repeatable: true }),
  ];
  const leave: Operation[] = [
    { kind: 'unsyncColumns', ...at, column, copy },
    ...facts.referring.map(({ table, key: { name } }): Operation => ({
      kind: 'dropConstraint',
      ...tableOf(table),
      name,
      type: 'foreignKey',
    })),
    ...(counts ? leaveCounter(move) : []),
    { kind: 'dropColumn', ...at, column },
    { kind: 'renameColumn', ...at, from: copy, to: column },
  ];
  const existing = { ...typed, nullable: !isRequired };
  const hasDefault = given !== undefined || (defaultRaw !== undefined && !counts);
  const change = given === undefined ? { defaultRaw } : { default: given };
  const take: Operation[] = [
    ...(isRequired
      ? [
          {
            kind: 'alterColumn',
            ...at,
            column,
            change: { nullable: false },
            existing: { ...typed, nullable: true },
          } as const,
          operationOf(dropped),
        ]
      : []),
    ...indexed.map(({ name, index }): Operation => ({ kind: 'renameIndex', ...at, from: index.name, to: name })),
    ...keyed.map(({ kind, name, columns, index: usingIndex, ...rest }): Operation =>
      kind === 'primaryKey'
        ? { kind: 'createPrimaryKey', ...at, primaryKey: { name, columns }, usingIndex }
        : { kind: 'createUniqueConstraint', ...at, unique: { name, columns, ...rest }, usingIndex },
    ),
    ...(hasDefault ? [{ kind: 'alterColumn', ...at, column, change, existing } as const] : []),
    ...(counts ? takeCounter(move, existing, generated) : []),
    ...facts.checks.map((check): Operation => ({ kind: 'createCheckConstraint', ...at, check, notValid: true })),
    ...facts.foreignKeys.map((foreignKey): Operation => ({
      kind: 'createForeignKey',
      ...at,
      foreignKey,
      notValid: true,
    })),
    ...facts.referring.map(({ table, key: foreignKey }): Operation => ({
      kind: 'createForeignKey',
      ...tableOf(table),
      foreignKey,
      notValid: true,
    })),
  ];
  const named = [...facts.checks, ...facts.foreignKeys].map(({ name }) => ({ ...at, name }));
  const others = facts.referring.map(({ table, key: { name } }) => ({ ...tableOf(table), name }));
  const validations = [...named, ...others].map((one) => outside({ kind: 'validateConstraint', ...one }));
  return { before, leave, take, after: validations };
}

/** The numbers of a column go on where they are: its sequence belongs to the new column before the old one goes. */
function leaveCounter(move: Move): readonly Operation[] {
  const { column, before } = move;
  const at = placeIn(move);
  const { generated, default: _, defaultRaw: _raw, ...rest } = before;
  const text = (value: string): string => postgresSql.text(value);
  const owner = `${tableName(at)}.${postgresSql.quote(copyOf(column))}`;
  const sequence = `pg_get_serial_sequence(${text(tableName(at))}, ${text(column)})`;
  const sql = `do $$ begin execute format('alter sequence %s owned by %s', ${sequence}, ${text(owner)}); end $$`;
  return [
    ...(generated === undefined
      ? []
      : [
          {
            kind: 'alterColumn',
            ...at,
            column,
            change: { generated: null, autoincrement: true },
            existing: { ...rest, generated },
          } as const,
        ]),
    { kind: 'execute', sql, params: [] },
  ];
}

function takeCounter(move: Move, existing: ColumnDefinition, generated: string | undefined): readonly Operation[] {
  const { column } = move;
  const at = placeIn(move);
  const text = (value: string): string => postgresSql.text(value);
  const start = `alter table ${tableName(at)} alter column ${postgresSql.quote(column)} set default`;
  const sql = `do $$ declare counter text := pg_get_serial_sequence(${text(tableName(at))}, ${text(column)});
begin
  execute format('%s nextval(%L)', ${text(start)}, counter);
  execute format('alter sequence %s as %s', counter, (select format_type(atttypid, null) from pg_attribute
    where attrelid = ${text(tableName(at))}::regclass and attname = ${text(column)}));
end $$`;
  return [
    { kind: 'execute', sql, params: [] },
    ...(generated === undefined
      ? []
      : [
          {
            kind: 'alterColumn',
            ...at,
            column,
            change: { generated, autoincrement: null },
            existing: { ...existing, autoincrement: true },
          } as const,
        ]),
  ];
}

/** The new value of the column, as the plain statement converts it. */
function valueOf(written: WrittenParts, operation: OperationOf<'alterColumn'>): string {
  const { column, change } = operation;
  if (change.using != null) return change.using;
  const using = written.ddl
    .statements(operation)
    .map(({ sql }) => / type .* using \((.*)\)$/s.exec(sql)?.[1])
    .find((found) => found !== undefined);
  return using ?? postgresSql.quote(column);
}

/** Why a value cannot be kept in another column. */
function otherColumn(value: string, column: string, { columns }: MovedColumnFacts): string | undefined {
  const other = columns.find(({ name }) => name !== column && postgresSql.mentions(value, name));
  return other === undefined ? undefined : `its new value is computed from ${other.name} as well`;
}

function beginsAnIndex(column: string, { keys, indexes }: MovedColumnFacts): boolean {
  return (
    keys.some(({ columns: [first] }) => first === column) ||
    indexes.some(
      ({ columns: [first], where, type }) => first?.name === column && where === undefined && type === undefined,
    )
  );
}

function volatile({ facts }: WrittenParts, value: string): string | undefined {
  return facts.isVolatile(value) ? 'its new value is another each time' : undefined;
}

/** An index on the copy of a column. */
function copiedIndex(
  index: Named<IndexDefinition>,
  { column, typeNames = [] }: Move,
  temporary: (name: string) => string,
): Named<IndexDefinition> {
  const { expression, where, include } = index;
  const copy = copyOf(column);
  const name = temporary(index.name);
  const other = (one: string): string => (one === column ? copy : one);
  const copied = (sql: string): string =>
    typeNames.reduce(
      (text, [from, to]) => postgresSql.mapCode(text, (code) => code.replaceAll(`::${from}`, `::${to}`)),
      postgresSql.withNameReplaced(sql, column, copy),
    );
  if (expression !== undefined && isStatement(expression)) {
    const at = expression.search(/ using /i);
    const head = expression
      .slice(0, at)
      .replace(
        /^(create (?:unique )?index) (?:"(?:[^"]|"")*"|\S+)/i,
        (_, start: string) => `${start} ${postgresSql.quote(name)}`,
      );
    return { ...index, name, expression: head + copied(expression.slice(at)) };
  }
  return {
    ...index,
    name,
    columns: index.columns.map((one) => ({ ...one, name: other(one.name) })),
    ...(include !== undefined && { include: include.map(other) }),
    ...(where !== undefined && { where: copied(where) }),
    ...(expression !== undefined && { expression: copied(expression) }),
  };
}

function operationOf(part: OnlinePart | undefined): Operation {
  if (part === undefined || 'backfill' in part) throw new TypeError('There is no such operation.');
  return part.operation as Operation;
}

function present(...parts: readonly (OnlinePart | undefined)[]): readonly OnlinePart[] {
  return parts.filter((part) => part !== undefined);
}

function placeIn({ schema, table }: OfTable): OfTable {
  return { ...(schema !== undefined && { schema }), table };
}

function tableOf({ name, schema }: QualifiedName): { readonly table: string; readonly schema?: string } {
  return { table: name, ...(schema !== undefined && { schema }) };
}

function tableName({ table, schema }: { readonly table: string; readonly schema?: string }): string {
  return postgresSql.quote(schema, table);
}

/** The change with why it keeps its form. */
export function unmoved(operation: OperationOf<'alterColumn'>, why: string): OperationOf<'alterColumn'> {
  return warned(
    operation,
    `${requestsOn(operation)} wait while the type of ${operation.column} changes, which may write the table again: it cannot move to a new column, since ${why}`,
  );
}
