import { type Argument, type ArgumentRecord, ColumnArgument, Listing } from './call.js';
import {
  type Site,
  type OptionKinds,
  describe,
  didYouMean,
  nameOf,
  optionsOf,
  refuse,
  tableSite,
} from './arguments.js';
import { frozen } from './frozen.js';
import { decodeValue, type EncodedValue, type Value } from './value.js';

/** MikroORM's type names that mean the same column on every engine that has it. */
export type TypeName =
  | 'string'
  | 'text'
  | 'character'
  | 'uuid'
  | 'integer'
  | 'smallint'
  | 'tinyint'
  | 'mediumint'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'double'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'interval'
  | 'json'
  | 'blob'
  | 'array'
  | 'enum'
  | 'enumArray';

/** A column as data: MikroORM's property options under their own names, values encoded as JSON. */
export interface ColumnDefinition {
  /** MikroORM's name of the type. Absent where `columnType` is given. */
  readonly type?: TypeName;
  /** The database's own type, used untouched. */
  readonly columnType?: string;
  /** As {@link ColumnOptions.length}. */
  readonly length?: number;
  /** As {@link ColumnOptions.precision}. */
  readonly precision?: number;
  /** As {@link ColumnOptions.scale}. */
  readonly scale?: number;
  /** As {@link ColumnOptions.unsigned}. Absent: false. */
  readonly unsigned?: boolean;
  /** The database numbers new rows. Absent: false. */
  readonly autoincrement?: boolean;
  /** The column is in the primary key. Absent: false, unless a `primaryKey` of the table lists the column. */
  readonly primary?: boolean;
  /** The column takes nulls. Absent: `not null`. */
  readonly nullable?: boolean;
  /** The default as a value, encoded. Absent where there is none or `defaultRaw` is given. */
  readonly default?: EncodedValue;
  /** The default as SQL. */
  readonly defaultRaw?: string;
  /** The values that an `enum` or `enumArray` column may hold. */
  readonly items?: readonly string[];
  /** The native enum type of the column, as {@link ColumnOptions.nativeEnumName}. */
  readonly nativeEnumName?: string;
  /** The name of the check that holds `items`, as {@link ColumnOptions.checkName}. */
  readonly checkName?: string;
  /** What a computed column is computed from, as {@link ColumnOptions.generated}. */
  readonly generated?: string;
  /** The name of the column's collation. Absent: the default of the table or database. */
  readonly collation?: string;
  /** MySQL and MariaDB: what follows the type, such as `on update current_timestamp`. */
  readonly extra?: string;
  /** The comment that the database keeps with the column. Absent: none. */
  readonly comment?: string;
}

/** A column as data, with its name. */
export interface NamedColumnDefinition extends ColumnDefinition {
  /** The name of the column in the database. */
  readonly name: string;
}

/** A change of a column: a key that is absent leaves the property, `null` removes it. */
export type ColumnChangeDefinition = {
  readonly [K in keyof ColumnDefinition]?: ColumnDefinition[K] | null;
} & {
  /** The SQL of the new value, used on PostgreSQL (`using`) and SQLite. Absent: a cast to the new type. */
  readonly using?: string;
};

/**
 * A column, with MikroORM's property option names and meanings. Exactly one of `type` and `columnType` is given; a
 * custom MikroORM `Type` is written as its `columnType`.
 *
 * @example
 * await op.addColumn('book', 'price', { type: 'decimal', precision: 8, scale: 2, default: 0 });
 * await op.addColumn('book', 'tags', { columnType: 'hstore', nullable: true });
 */
export interface ColumnOptions {
  /** MikroORM's name of the type. Give either this or `columnType`. */
  type?: TypeName;
  /** The database's own type, used untouched, for what `type` cannot express. */
  columnType?: string;
  /**
   * The number of characters of a `string` (default 255) or `character` (default 1), or of digits after the second of a
   * `datetime`, `time` or `interval`. It has no effect on SQLite, nor on a `time` of PostgreSQL.
   */
  length?: number;
  /** The number of digits of a `decimal`, those after the point included. Default 10. */
  precision?: number;
  /** The number of digits of a `decimal` after the point. Default 0. */
  scale?: number;
  /** MySQL and MariaDB: the column holds no negative numbers. Only for types of numbers. Other engines ignore it. */
  unsigned?: boolean;
  /**
   * The database numbers new rows. It excludes a default. MySQL and MariaDB put a unique index on a column that is not
   * the whole primary key; on SQLite it has to be that.
   */
  autoincrement?: boolean;
  /**
   * Puts the column into the primary key; several such columns make one key. `alterColumn` takes it in `existing` only.
   */
  primary?: boolean;
  /** The column takes nulls. Absent means `not null`, as in MikroORM. */
  nullable?: boolean;
  /** The default as a value, which is escaped. Give either this or `defaultRaw`; `null` means no default. */
  default?: Value;
  /** The default as SQL, which is used untouched. */
  defaultRaw?: string;
  /** The values that an `enum` or `enumArray` column may hold. Needed there, unless `nativeEnumName` is given. */
  items?: readonly string[];
  /**
   * The native enum type that holds `items` (PostgreSQL, PGlite). Its schema and a dot come first where that is not the
   * schema of the table. A name that has a dot itself is written as `*.my.type`.
   */
  nativeEnumName?: string;
  /**
   * The name of the check that limits the column to `items` where it has no native type (PostgreSQL, PGlite). Absent: as
   * the naming strategy says when the revision runs. `alterColumn` drops the check under the name that `existing` has.
   * Other engines have no such name.
   */
  checkName?: string;
  /**
   * What a computed column is computed from, with its kind: `(price * amount) stored`. PostgreSQL also takes `identity`
   * and `by default as identity`. It excludes a default.
   */
  generated?: string;
  /** The name of a collation, for a column of text. Default: that of the table or database. */
  collation?: string;
  /** MySQL and MariaDB: what follows the type, such as `on update current_timestamp`. */
  extra?: string;
  /** A comment that the database keeps with the column. SQLite keeps none. */
  comment?: string;
}

/**
 * Columns by name, in order. A list is needed where a name looks like a number: JavaScript would move that key to the
 * front.
 */
export type Columns =
  | Readonly<Record<string, ColumnOptions>>
  | readonly (ColumnOptions & {
      /** The name of the column in the database. */
      name: string;
    })[];

/** A change of a column: an absent key leaves a property as it is, `null` removes it. */
export type ColumnChange = { [K in keyof ColumnOptions]?: ColumnOptions[K] | null } & {
  /**
   * The SQL of the new value for a change of type, on PostgreSQL (`using`) and SQLite. Default: a cast to the new type,
   * or the value itself on SQLite. MySQL and MariaDB ignore it.
   */
  using?: string;
};

const typeNames = Object.keys({
  string: true,
  text: true,
  character: true,
  uuid: true,
  integer: true,
  smallint: true,
  tinyint: true,
  mediumint: true,
  bigint: true,
  decimal: true,
  float: true,
  double: true,
  boolean: true,
  date: true,
  time: true,
  datetime: true,
  interval: true,
  json: true,
  blob: true,
  array: true,
  enum: true,
  enumArray: true,
} satisfies Record<TypeName, true>);

const columnKinds = {
  type: 'any', // names of its own, see checkTypes
  columnType: 'name',
  length: 'integer',
  precision: 'integer',
  scale: 'integer',
  unsigned: 'boolean',
  autoincrement: 'boolean',
  primary: 'boolean',
  nullable: 'boolean',
  default: 'value',
  defaultRaw: 'name',
  items: 'strings',
  nativeEnumName: 'name',
  checkName: 'name',
  generated: 'name',
  collation: 'name',
  extra: 'string',
  comment: 'string',
} satisfies OptionKinds<ColumnOptions>;

/** The site of an operation on a column. Checks both names. */
export function columnSite(verb: string, table: string, column: string): Site {
  nameOf(tableSite(verb, table), 'the name of a column', column);
  return { verb, subject: `column '${column}' of table '${table}'` };
}

/** A column as data. `kind` decides whether it has to have a type. */
export function columnDefinition(
  site: Site,
  options: ColumnOptions,
  kind: 'complete' | 'partial' = 'complete',
): ColumnDefinition {
  const checked = optionsOf(site, options, columnKinds) as ColumnDefinition;
  const { type, columnType, default: value, ...rest } = checked;
  checkTypes(site, type, columnType);
  if (kind === 'complete' && type === undefined && columnType === undefined) {
    refuse(site, 'has no type.', "Give one of 'type' and 'columnType'.");
  }
  checkDefaults(site, checked);
  checkItems(site, checked, kind);
  checkCollation(site, rest.collation);
  if (rest.unsigned === true && type !== undefined && !numeric.includes(type)) {
    refuse(site, `is a '${type}', which cannot be unsigned.`);
  }
  // a default of null is no default
  return frozen({ type, columnType, ...rest, ...(value === null ? {} : { default: value }) });
}

/** A change of a column as data. */
export function columnChange(site: Site, change: ColumnChange): ColumnChangeDefinition {
  const checked = optionsOf(site, change, { ...columnKinds, using: 'name' }, 'nullable') as ColumnChangeDefinition;
  if (Object.keys(checked).filter((key) => key !== 'using').length === 0) refuse(site, 'has an empty change.');
  if (checked.primary !== undefined) {
    refuse(site, "cannot become 'primary' that way.", 'Use createPrimaryKey and dropConstraint.');
  }
  if (checked.using === null) refuse(site, "has 'using' without an expression.");
  checkTypes(site, checked.type, checked.columnType);
  if ((checked.type === null || checked.columnType === null) && checked.type == null && checked.columnType == null) {
    refuse(site, 'cannot be without a type.', "Give one of 'type' and 'columnType'.");
  }
  checkDefaults(site, checked);
  checkCollation(site, checked.collation);
  return checked;
}

/** @throws InvalidOperationError where the changed column contradicts itself. */
export function checkAltered(site: Site, altered: ColumnDefinition, change: ColumnChangeDefinition): void {
  checkDefaults(site, altered);
  checkItems(site, altered, change.type == null ? 'partial' : 'complete');
}

/** Columns in their order, from a record or a list. */
export function namedColumns(verb: string, table: string, columns: Columns): readonly NamedColumnDefinition[] {
  const site = { verb, subject: `table '${table}'` };
  if (typeof columns !== 'object' || columns === null) refuse(site, 'needs its columns as a record or a list.');
  const list = Array.isArray(columns)
    ? (columns as readonly (ColumnOptions & { name: string })[]).map(({ name, ...options }) => ({ name, options }))
    : Object.entries(columns as Readonly<Record<string, ColumnOptions>>).map(([name, options]) => ({ name, options }));
  if (list.length === 0) refuse(site, 'has no columns.');
  const seen = new Set<string>();
  return list.map(({ name, options }) => {
    nameOf(site, 'the name of a column', name);
    if (seen.has(name)) refuse(site, `has the column '${name}' twice.`);
    seen.add(name);
    const own = columnSite(verb, table, name);
    if (typeof options !== 'object' || options === null) refuse(own, 'has no options.');
    return { name, ...columnDefinition(own, options) };
  });
}

const numeric: readonly TypeName[] = [
  'integer',
  'smallint',
  'tinyint',
  'mediumint',
  'bigint',
  'decimal',
  'float',
  'double',
];

function checkTypes(site: Site, type: unknown, columnType: unknown): void {
  if (type != null && columnType != null) {
    refuse(site, "has both 'type' and 'columnType'.", 'Give one of them.');
  }
  if (type == null || (typeof type === 'string' && typeNames.includes(type))) return;
  const cure = typeof type === 'string' ? didYouMean(type, typeNames) : `Known are ${typeNames.join(', ')}.`;
  refuse(site, `has the unknown type ${describe(type)}.`, `${cure} A type of the database itself is a 'columnType'.`);
}

function checkDefaults(
  site: Site,
  { default: value, defaultRaw, generated, autoincrement }: ColumnChangeDefinition,
): void {
  const hasDefault = value != null || defaultRaw != null;
  if (value != null && defaultRaw != null) refuse(site, "has both 'default' and 'defaultRaw'.", 'Give one of them.');
  if (hasDefault && generated != null) refuse(site, "has a default and 'generated'.", 'Give one of them.');
  if (hasDefault && autoincrement === true) refuse(site, "has a default and 'autoincrement'.", 'Give one of them.');
}

function checkItems(site: Site, column: ColumnDefinition, kind: 'complete' | 'partial'): void {
  const { type, items, nativeEnumName } = column;
  const isEnum = type === 'enum' || type === 'enumArray';
  if (kind === 'complete' && isEnum && items === undefined && nativeEnumName === undefined) {
    refuse(site, `is an '${type}' without 'items'.`, 'List its values.');
  }
  if (items !== undefined && type !== undefined && !isEnum) {
    refuse(site, `has 'items', and is a '${type}'.`, "Only 'enum' and 'enumArray' have items.");
  }
}

function checkCollation(site: Site, collation: string | null | undefined): void {
  // it is written without quotes
  if (collation != null && !/^[\w.-]+$/.test(collation)) {
    refuse(site, `has the collation '${collation}', which is not the name of one.`);
  }
}

/** The options of a column, in the order of a revision: the type, the values, then the rest. */
export function columnOptions(column: ColumnDefinition | ColumnChangeDefinition): ArgumentRecord {
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
    checkName: column.checkName,
    autoincrement: column.autoincrement,
    primary: column.primary,
    nullable: column.nullable,
    default: defaultValue === undefined ? undefined : decodeValue(defaultValue),
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
export function columnList(columns: readonly NamedColumnDefinition[]): Argument {
  const names = columns.map((column) => column.name);
  const needsList = names.some(isReordered) || new Set(names).size < names.length;
  if (needsList) {
    return columns.map(
      (column) => new ColumnArgument(column, columnOptions(column), { before: { name: column.name } }),
    );
  }
  return new Listing(
    Object.fromEntries(columns.map((column) => [column.name, new ColumnArgument(column, columnOptions(column))])),
  );
}

function isReordered(name: string): boolean {
  return name === '__proto__' || (/^(?:0|[1-9]\d*)$/.test(name) && Number(name) < 2 ** 32 - 1);
}
