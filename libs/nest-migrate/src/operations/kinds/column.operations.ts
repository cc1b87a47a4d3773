import { nameOf, optionsOf, refuse, schemaKinds, tableSite } from '../arguments.js';
import { ColumnArgument, orNothing } from '../call.js';
import { changeBetween, changedColumn } from '../column-change.js';
import {
  checkAltered,
  columnChange,
  type ColumnChange,
  type ColumnChangeDefinition,
  columnDefinition,
  type ColumnDefinition,
  columnOptions,
  type ColumnOptions,
  columnSite,
  type NamedColumnDefinition,
} from '../column-definition.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held, missing } from '../previous.js';
import { tableWords } from '../words.js';

/** Where a column stands among the others. Empty: it is the last. */
export interface ColumnPlace {
  /** The column right before it. */
  readonly after?: string;
  /** True: the column is before all others. */
  readonly first?: boolean;
}

/** Adds a column to a table. */
export interface AddColumnOperation extends InSchema, ColumnPlace {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'addColumn';
  /** The table that gets the column. */
  readonly table: string;
  /** The new column. */
  readonly column: NamedColumnDefinition;
  /** True: a column of that name is left as it is. */
  readonly ifNotExists?: boolean;
  /** True: PostgreSQL leaves the rows that are there unchecked by the check that stands for `items`. */
  readonly notValid?: boolean;
}

/** Drops a column with its values. */
export interface DropColumnOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropColumn';
  /** The table that loses the column. */
  readonly table: string;
  /** The name of the column. */
  readonly column: string;
  /** True: a column that is not there is no error. */
  readonly ifExists?: boolean;
  /** The column that is dropped, where it is known. `reverse` adds it again from this. */
  readonly previous?: NamedColumnDefinition;
  /** Where the column stands; absent where it is the last. `reverse` puts it back there. */
  readonly previousPlace?: ColumnPlace;
}

/** Changes properties of a column. */
export interface AlterColumnOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'alterColumn';
  /** The table of the column. */
  readonly table: string;
  /** The name of the column. */
  readonly column: string;
  /** What changes: an absent key leaves a property, `null` removes it. */
  readonly change: ColumnChangeDefinition;
  /** The column before the change. `reverse` needs it, and so do MySQL and MariaDB, which restate the whole column. */
  readonly existing?: ColumnDefinition;
  /** The expression that becomes `using` of the change when it is reversed. */
  readonly previousUsing?: string;
  /** True: PostgreSQL leaves the rows that are there unchecked by a new check that stands for `items`. */
  readonly notValid?: boolean;
}

/** Renames a column. */
export interface RenameColumnOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'renameColumn';
  /** The table of the column. */
  readonly table: string;
  /** The name before. */
  readonly from: string;
  /** The name afterwards. */
  readonly to: string;
}

/** The operations on a column. */
export type ColumnOperation = AddColumnOperation | DropColumnOperation | AlterColumnOperation | RenameColumnOperation;

/**
 * A column that is added, and where.
 *
 * @example
 * await op.addColumn('book', 'pages', { type: 'integer', nullable: true, after: 'title' });
 */
export interface AddColumnOptions extends ColumnOptions, InSchema {
  /** The column to put it after. MySQL, MariaDB and SQLite; PostgreSQL puts it last. Excludes `first`. */
  after?: string;
  /** Puts the column before all others. MySQL, MariaDB and SQLite; PostgreSQL puts it last. */
  first?: boolean;
  /** Leaves a column of that name as it is. Default: it is an error. Not for MySQL. */
  ifNotExists?: boolean;
  /**
   * PostgreSQL: leaves the rows that are there unchecked by the check that stands for `items`, until
   * `validateConstraint`. Other engines ignore it.
   */
  notValid?: boolean;
}

/** The verbs for a column. */
export interface ColumnVerbs {
  /**
   * Adds a column: `after` another, `first`, or at the end of the table. A column that is not nullable and has no
   * default needs a table without rows. PostgreSQL puts every column last. SQLite rebuilds the table for any other
   * place. In a script it can do so only within `batchAlterTable` with `existing`; otherwise the column is the last.
   *
   * `ifNotExists` leaves a column of that name as it is. MySQL does not support it. Neither does PostgreSQL for
   * `primary`, and for `items` without `nativeEnumName`, which take a second statement.
   *
   * @example
   * await op.addColumn('book', 'pages', { type: 'integer', nullable: true, after: 'title' });
   */
  addColumn(table: string, column: string, options: AddColumnOptions): Promise<void>;
  /**
   * Drops a column and its values. PostgreSQL drops the indexes and checks of the column with it, and so does SQLite
   * where it rebuilds the table. MySQL and MariaDB refuse it while a constraint names the column. MySQL has no
   * `ifExists` for a column.
   *
   * @example
   * await op.dropColumn('book', 'pages');
   */
  dropColumn(table: string, column: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Changes the properties that are in `change` and leaves the others: an absent key leaves a property, `null` removes
   * it.
   *
   * PostgreSQL runs one statement for each property. A change of type casts with `using`, by default to the new type.
   * The default that `existing` has is dropped before and set again after. A check that limits the column to `items` is
   * replaced.
   *
   * MySQL and MariaDB restate the whole column. They need `existing`, the column as it is, except where only the
   * default changes. `existing` also makes the change reversible.
   *
   * A new type keeps properties such as length and precision only where they mean the same on both types.
   *
   * `notValid` is for PostgreSQL: a new check that limits the column to `items` leaves the rows that are there
   * unchecked, until `validateConstraint`.
   *
   * @example
   * await op.alterColumn('book', 'title', { length: 500 }, { existing: { type: 'string', length: 200 } });
   */
  alterColumn(
    table: string,
    column: string,
    change: ColumnChange,
    options?: InSchema & { existing?: ColumnOptions; notValid?: boolean },
  ): Promise<void>;
  /**
   * Renames a column. Indexes and constraints follow it and keep their names.
   *
   * @example
   * await op.renameColumn('book', 'pages', 'pageCount');
   */
  renameColumn(table: string, from: string, to: string, options?: InSchema): Promise<void>;
}

const placeKinds = {
  ...schemaKinds,
  after: 'name',
  first: 'boolean',
  ifNotExists: 'boolean',
  notValid: 'boolean',
} as const;

const defineOperation = definitionsOf<ColumnVerbs, ColumnOperation>();

const addColumn = defineOperation({
  kind: 'addColumn',
  alters: 'table',
  changes: ({ column: { name, ...given } }) => ({
    does: 'creates',
    object: 'column',
    name,
    columns: [name],
    definitions: [{ name, given }],
  }),
  parse: (table, column, options) => {
    const site = columnSite('addColumn', table, column);
    if (typeof options !== 'object' || options === null) refuse(site, 'has no options.', "Give at least its 'type'.");
    const { schema, after, first, ifNotExists, notValid, ...rest } = options;
    if (after !== undefined && first === true) refuse(site, "has both 'after' and 'first'.", 'Give one of them.');
    return {
      ...optionsOf(site, { schema, after, first, ifNotExists, notValid }, placeKinds),
      table,
      column: { name: column, ...columnDefinition(site, rest) },
    };
  },
  reverse: ({ table, schema, column, after, first }) => [
    {
      kind: 'dropColumn',
      schema,
      table,
      column: column.name,
      previous: column,
      ...((after !== undefined || first === true) && { previousPlace: { after, first } }),
    },
  ],
  call: ({ table, column, schema, after, first, ifNotExists, notValid }) => [
    table,
    column.name,
    new ColumnArgument(column, columnOptions(column), { after: { after, first, ifNotExists, notValid, schema } }),
  ],
  describe: (operation) => `added column ${tableWords(operation, operation.column.name)}`,
});

const dropColumn = defineOperation({
  kind: 'dropColumn',
  alters: 'table',
  changes: ({ column, previous }) => ({
    does: 'drops',
    object: 'column',
    name: column,
    columns: [column],
    definitions: [{ name: column, before: previous }],
  }),
  parse: (table, column, options) => {
    const site = columnSite('dropColumn', table, column);
    return { ...optionsOf(site, options, { ...schemaKinds, ifExists: 'boolean' }), table, column };
  },
  reverse: (operation) => {
    const column = held(operation, 'previous', 'it does not hold the column that was there.');
    const { schema, table, previousPlace } = operation;
    return [{ kind: 'addColumn', schema, table, column, ...previousPlace }];
  },
  call: ({ table, column, schema, ifExists }) => [table, column, orNothing({ schema, ifExists })],
  describe: (operation) => `removed column ${tableWords(operation, operation.column)}`,
});

const alterColumn = defineOperation({
  kind: 'alterColumn',
  alters: 'table',
  changes: ({ column, change, existing }) => ({
    does: 'alters',
    object: 'column',
    name: column,
    columns: [column],
    definitions: [{ name: column, before: existing, given: change }],
  }),
  parse: (table, column, change, options) => {
    const site = columnSite('alterColumn', table, column);
    if (typeof change !== 'object' || change === null) refuse(site, 'has no change.');
    const kinds = { ...schemaKinds, existing: 'any', notValid: 'boolean' } as const;
    const { schema, existing, notValid } = optionsOf(site, options, kinds);
    const checked = columnChange(site, change);
    const before =
      existing === undefined
        ? undefined
        : columnDefinition({ ...site, subject: `'existing' of ${site.subject}` }, existing, 'partial');
    checkAltered(site, changedColumn(before ?? {}, checked), checked);
    return { schema, table, column, change: checked, existing: before, notValid };
  },
  reverse: reverseOfAlteration,
  call: ({ table, column, change, existing, schema, notValid }) => [
    table,
    column,
    columnOptions(change),
    orNothing({ existing: existing === undefined ? undefined : columnOptions(existing), schema, notValid }),
  ],
  describe: alterationWords,
});

const renameColumn = defineOperation({
  kind: 'renameColumn',
  alters: 'table',
  changes: ({ from, to }) => ({ does: 'renames', object: 'column', name: from, columns: [from], after: { name: to } }),
  parse: (table, from, to, options) => {
    const site = tableSite('renameColumn', table);
    nameOf(site, 'the name of a column', from);
    nameOf(site, 'the new name of the column', to);
    return { ...optionsOf(site, options, schemaKinds), table, from, to };
  },
  reverse: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  call: ({ table, from, to, schema }) => [table, from, to, orNothing({ schema })],
  describe: (operation) => `renamed column ${tableWords(operation, operation.from)} to '${operation.to}'`,
});

export const columnOperations = [addColumn, dropColumn, alterColumn, renameColumn] as const;

function reverseOfAlteration(operation: AlterColumnOperation): readonly ColumnOperation[] {
  const { schema, table, column, change, previousUsing } = operation;
  const existing = held(operation, 'existing', 'it does not hold the column that was there.');
  const changesType = change.type != null || change.columnType != null;
  if (changesType && existing.type === undefined && existing.columnType === undefined) {
    throw missing(operation, 'existing.type', 'it does not hold the type that was there.');
  }
  const after = changedColumn(existing, change);
  const back = changeBetween(after, existing);
  if (Object.keys(back).length === 0) return [];
  const { using } = change;
  const isBack = previousUsing !== undefined;
  return [
    {
      kind: 'alterColumn',
      schema,
      table,
      column,
      change: isBack ? { ...back, using: previousUsing } : back,
      existing: after,
      ...(isBack && { previousUsing: using }),
    },
  ];
}

/** The properties of a column that a person reads as its type. */
const typeProperties = [
  'type',
  'columnType',
  'length',
  'precision',
  'scale',
  'unsigned',
  'items',
  'nativeEnumName',
] as const;
/** The properties that have a line of their own, or that mean nothing alone. */
const told = new Set<string>([...typeProperties, 'nullable', 'default', 'defaultRaw', 'comment', 'checkName', 'using']);

function alterationWords(operation: AlterColumnOperation): readonly string[] {
  const { change, existing = {} } = operation;
  const column = tableWords(operation, operation.column);
  const lines: string[] = [];
  if (typeProperties.some((property) => property in change)) {
    const [before, after] = [typeWords(existing), typeWords(changedColumn(existing, change))];
    lines.push(
      before === after || before === ''
        ? `type change on ${column}`
        : `type change from ${before} to ${after} on ${column}`,
    );
  }
  if ('nullable' in change) lines.push(`${change.nullable === true ? 'NULL' : 'NOT NULL'} on column ${column}`);
  if ('default' in change || 'defaultRaw' in change) lines.push(`server default on column ${column}`);
  if ('comment' in change) lines.push(`column comment ${column}`);
  const others = Object.keys(change).filter((property) => !told.has(property));
  if (others.length > 0) lines.push(`change of ${others.join(', ')} on column ${column}`);
  return lines;
}

function typeWords({
  type,
  columnType,
  length,
  precision,
  scale,
  unsigned,
  items,
  nativeEnumName,
}: ColumnDefinition): string {
  const sizes = [length ?? precision, scale].filter((size) => size != null);
  const values = items == null ? '' : `(${items.map((item) => `'${item}'`).join(', ')})`;
  const size = sizes.length === 0 ? '' : `(${sizes.join(', ')})`;
  return `${columnType ?? nativeEnumName ?? type ?? ''}${size}${values}${unsigned === true ? ' unsigned' : ''}`;
}
