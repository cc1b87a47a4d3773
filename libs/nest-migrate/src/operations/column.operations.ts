import {
  type Site,
  type OptionKinds,
  describe,
  didYouMean,
  nameOf,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
} from './arguments.js';
import { changedColumn } from './column-change.js';
import { frozen } from './frozen.js';
import {
  type AddColumnOperation,
  type AlterColumnOperation,
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type DropColumnOperation,
  type InSchema,
  type NamedColumnDefinition,
  type RenameColumnOperation,
  type TypeName,
} from './operation.js';
import { type AddColumnOptions, type ColumnChange, type ColumnOptions, type Columns } from './verbs.js';

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
  type: 'any', // names of its own, see checkType
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
  generated: 'name',
  collation: 'name',
  extra: 'string',
  comment: 'string',
} satisfies OptionKinds<ColumnOptions>;

/** How a column is called in messages. */
export function columnSite(verb: string, table: string, column: string): Site {
  return { verb, subject: `column '${column}' of table '${table}'` };
}

/** A column as data; `kind` says whether a type has to be there. */
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
  // a default of null says no more than no default
  return frozen({ type, columnType, ...rest, ...(value === null ? {} : { default: value }) });
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
  // engines take it unquoted
  if (collation != null && !/^[\w.-]+$/.test(collation)) {
    refuse(site, `has the collation '${collation}', which is not the name of one.`);
  }
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
    if (typeof options !== 'object' || options === null) refuse(columnSite(verb, table, name), 'has no options.');
    return { name, ...columnDefinition(columnSite(verb, table, name), options) };
  });
}

const placeKinds = { ...schemaKinds, after: 'name', first: 'boolean', ifNotExists: 'boolean' } as const;

export function addColumn(table: string, column: string, options: AddColumnOptions): AddColumnOperation {
  const verb = 'addColumn';
  nameOf(tableSite(verb, table), 'the name of a column', column);
  const site = columnSite(verb, table, column);
  if (typeof options !== 'object' || options === null) refuse(site, 'has no options.', "Give at least its 'type'.");
  const { schema, after, first, ifNotExists, ...rest } = options;
  if (after !== undefined && first === true) refuse(site, "has both 'after' and 'first'.", 'Give one of them.');
  return frozen({
    kind: 'addColumn',
    ...optionsOf(site, { schema, after, first, ifNotExists }, placeKinds),
    table,
    column: { name: column, ...columnDefinition(site, rest) },
  });
}

export function dropColumn(
  table: string,
  column: string,
  options?: InSchema & { ifExists?: boolean },
): DropColumnOperation {
  const verb = 'dropColumn';
  nameOf(tableSite(verb, table), 'the name of a column', column);
  return frozen({
    kind: 'dropColumn',
    ...optionsOf(columnSite(verb, table, column), options, { ...schemaKinds, ifExists: 'boolean' }),
    table,
    column,
  });
}

export function renameColumn(table: string, from: string, to: string, options?: InSchema): RenameColumnOperation {
  const site = tableSite('renameColumn', table);
  nameOf(site, 'the name of a column', from);
  nameOf(site, 'the new name of the column', to);
  return frozen({ kind: 'renameColumn', ...optionsOf(site, options, schemaKinds), table, from, to });
}

export function alterColumn(
  table: string,
  column: string,
  change: ColumnChange,
  options?: InSchema & { existing?: ColumnOptions },
): AlterColumnOperation {
  const verb = 'alterColumn';
  nameOf(tableSite(verb, table), 'the name of a column', column);
  const site = columnSite(verb, table, column);
  if (typeof change !== 'object' || change === null) refuse(site, 'has no change.');
  const { schema, existing } = optionsOf(site, options, { schema: 'name', existing: 'any' });
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
  const before =
    existing === undefined
      ? undefined
      : columnDefinition({ verb, subject: `'existing' of ${site.subject}` }, existing, 'partial');
  const after = changedColumn(before ?? {}, checked);
  checkDefaults(site, after);
  checkItems(site, after, checked.type == null ? 'partial' : 'complete');
  return frozen({ kind: 'alterColumn', schema, table, column, change: checked, existing: before });
}
