import {
  type CheckDefinition,
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type ForeignKeyDefinition,
  type IndexColumn,
  type IndexDefinition,
  type InSchema,
  type NamedColumnDefinition,
  type PolicyDefinition,
  type PrimaryKeyDefinition,
  type RoutineDefinition,
  type TriggerDefinition,
  type UniqueDefinition,
} from '../../operations/operation.js';
import { printEntries } from './print-statement.js';
import { Block, Code, sourceOf, sqlSource, type SourceRecord, type SourceValue } from './source-value.js';

/** The text of a column's options, where somebody else has written it; nothing leaves it to the tool. */
export type ColumnWriter = (table: QualifiedTable, column: NamedColumnDefinition) => string | undefined;

interface QualifiedTable extends InSchema {
  readonly table: string;
}

const written = Symbol('written');

/** Columns of a table, each with the text that somebody wrote for it. */
export function withTexts<Column extends NamedColumnDefinition>(
  at: QualifiedTable,
  columns: readonly Column[],
  write: ColumnWriter,
): readonly Column[] {
  return columns.map((column) => {
    const text = write(at, column);
    return text === undefined ? column : { ...column, [written]: text };
  });
}

/** What follows the name of a column: its options, or what somebody wrote in their place. */
export function columnSource(
  column: NamedColumnDefinition,
  more: SourceRecord = {},
  lead: SourceRecord = {},
): SourceValue {
  const { [written]: text } = column as { readonly [written]?: string };
  if (text === undefined) return { ...lead, ...columnOptions(column), ...more };
  const others = orNothing({ ...lead, ...more });
  return others === undefined ? new Code(text) : new Code(`{ ...${text}, ${printEntries(others)} }`);
}

/** The options of a column, in the order in which one says them: what it is, what it may hold, the rest. */
export function columnOptions(column: ColumnDefinition | ColumnChangeDefinition): SourceRecord {
  const { default: defaultValue } = column;
  return {
    type: column.type,
    columnType: column.columnType,
    length: column.length,
    precision: column.precision,
    scale: column.scale,
    unsigned: column.unsigned,
    items: column.items,
    nativeEnumName: column.nativeEnumName,
    autoincrement: column.autoincrement,
    primary: column.primary,
    nullable: column.nullable,
    default: defaultValue === undefined ? undefined : sourceOf(defaultValue),
    defaultRaw: column.defaultRaw,
    generated: column.generated,
    collation: column.collation,
    extra: column.extra,
    comment: column.comment,
    using: 'using' in column ? column.using : undefined,
  };
}

/**
 * The columns of a table: an object by name, or a list where JavaScript would reorder a name (it moves those that look
 * like numbers to the front) or take it for something else (`__proto__`).
 */
export function columnList(columns: readonly NamedColumnDefinition[]): SourceValue {
  const names = columns.map((column) => column.name);
  const needsList = names.some(isReordered) || new Set(names).size < names.length;
  if (needsList) return columns.map((column) => columnSource(column, {}, { name: column.name }));
  return new Block(Object.fromEntries(columns.map((column) => [column.name, columnSource(column)])));
}

function isReordered(name: string): boolean {
  return name === '__proto__' || (/^(?:0|[1-9]\d*)$/.test(name) && Number(name) < 2 ** 32 - 1);
}

/** `'id'` for one column, `['id', 'locale']` for several. */
export function columnNames(names: readonly string[]): SourceValue {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : names;
}

/** The columns of an index: a name where there is nothing more to say about the column. */
export function indexColumns(columns: readonly IndexColumn[]): SourceValue {
  return columns.map((column) => {
    const { name, sort, nulls, length, collation } = column;
    const bare = sort === undefined && nulls === undefined && length === undefined && collation === undefined;
    return bare ? name : { name, sort, nulls, length, collation };
  });
}

/** The options of an index beside its columns. */
export function indexOptions(index: IndexDefinition): SourceRecord {
  return {
    name: index.name,
    unique: index.unique,
    type: index.type,
    where: index.where,
    include: index.include,
    fillFactor: index.fillFactor,
    invisible: index.invisible,
    expression: index.expression,
  };
}

/** An index inside `createTable`. */
export function tableIndex(index: IndexDefinition): SourceRecord {
  const { name, ...rest } = indexOptions(index);
  return { name, columns: index.columns.length > 0 ? indexColumns(index.columns) : undefined, ...rest };
}

export function primaryKeyOptions(key: PrimaryKeyDefinition): SourceRecord {
  return { name: key.name, columns: columnNames(key.columns) };
}

export function uniqueOptions(unique: UniqueDefinition): SourceRecord {
  return { name: unique.name, columns: columnNames(unique.columns), deferMode: unique.deferMode };
}

export function checkOptions(check: CheckDefinition): SourceRecord {
  return { name: check.name, expression: check.expression };
}

export function triggerOptions(trigger: TriggerDefinition): SourceRecord {
  return {
    timing: trigger.timing,
    events: columnNames(trigger.events),
    forEach: trigger.forEach,
    when: trigger.when,
    body: trigger.body === undefined ? undefined : sqlSource(trigger.body),
    expression: trigger.expression === undefined ? undefined : sqlSource(trigger.expression),
  };
}

export function policyOptions(policy: PolicyDefinition): SourceRecord {
  return {
    command: policy.command,
    type: policy.type,
    roles: policy.roles === undefined ? undefined : columnNames(policy.roles),
    using: policy.using === undefined ? undefined : sqlSource(policy.using),
    check: policy.check === undefined ? undefined : sqlSource(policy.check),
  };
}

export function routineOptions(routine: RoutineDefinition): SourceRecord {
  return {
    type: routine.type,
    params: listOrNothing(routine.params.map((parameter) => ({ ...parameter }))),
    returns: routine.returns,
    language: routine.language,
    deterministic: routine.deterministic,
    dataAccess: routine.dataAccess,
    security: routine.security,
    comment: routine.comment,
    body: routine.body === undefined ? undefined : sqlSource(routine.body),
    expression: routine.expression === undefined ? undefined : sqlSource(routine.expression),
  };
}

/** The options of a foreign key beside its columns and what they refer to. */
export function foreignKeyOptions(key: ForeignKeyDefinition): SourceRecord {
  return {
    name: key.name,
    referencedSchema: key.referencedSchema,
    deleteRule: key.deleteRule,
    updateRule: key.updateRule,
    deferMode: key.deferMode,
  };
}

/** A foreign key inside `createTable`. */
export function tableForeignKey(key: ForeignKeyDefinition): SourceRecord {
  const { name, referencedSchema, ...rest } = foreignKeyOptions(key);
  return {
    name,
    columns: columnNames(key.columns),
    referencedTable: key.referencedTable,
    referencedSchema,
    referencedColumns: columnNames(key.referencedColumns),
    ...rest,
  };
}

/** The record, or nothing where it has no entries: an empty options object is not written. */
export function orNothing(record: SourceRecord): SourceRecord | undefined {
  return Object.values(record).some((value) => value !== undefined) ? record : undefined;
}

/** The list, or nothing where it is empty. */
export function listOrNothing(list: readonly SourceValue[]): readonly SourceValue[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** What stands in the place of an argument that is skipped because a later one is given. */
export const SKIPPED = new Code('undefined');
