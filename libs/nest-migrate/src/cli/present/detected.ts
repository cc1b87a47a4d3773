import { alteredColumn } from '../../commands/altered-column.js';
import { type ForeignKeyChange, foreignKeyChanges } from '../../commands/foreign-key-changes.js';
import { type Diff } from '../../commands/results.js';

type Operation = Diff['operations'][number];
type OperationOf<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;
type ColumnChange = OperationOf<'alterColumn'>['change'];

/** What `migrate` found, one line a difference, in Alembic's words: `Detected added column 'book.isbn'`. */
export function detectedLines(operations: Diff['operations']): readonly string[] {
  const changes = foreignKeyChanges(operations);
  const lines = (operation: Operation): readonly string[] => {
    // one line for a foreign key that goes and comes back as another
    if (changes.some(({ created }) => created === operation)) return [];
    const change = changes.find(({ dropped }) => dropped === operation);
    return change === undefined ? linesOf(operation) : [foreignKeyText(change)];
  };
  return operations.flatMap((operation) => lines(operation).map((line) => `Detected ${line}`));
}

function foreignKeyText({ dropped, differences }: ForeignKeyChange): string {
  const what = differences.length === 0 ? 'made again, since what it stands on changes' : differences.join(', ');
  return `changed foreign key '${dropped.name}' on table ${named(dropped)}: ${what}`;
}

function linesOf<K extends Operation['kind']>(operation: OperationOf<K>): readonly string[] {
  const describe = table[operation.kind] as (operation: OperationOf<K>) => string | readonly string[];
  return [describe(operation)].flat();
}

const table: { readonly [K in Operation['kind']]: (operation: OperationOf<K>) => string | readonly string[] } = {
  createTable: (operation) => [
    `added table ${named(operation)}`,
    ...operation.indexes.map((index) => `added index ${indexText(index)} on ${named(operation)}`),
  ],
  dropTable: (operation) => `removed table ${named(operation)}`,
  renameTable: ({ from, to, schema }) => `renamed table ${quoted(schema, from)} to ${quoted(schema, to)}`,
  alterTableComment: (operation) => `comment on table ${named(operation)}`,
  addColumn: (operation) => `added column ${named(operation, operation.column.name)}`,
  dropColumn: (operation) => `removed column ${named(operation, operation.column)}`,
  alterColumn: alterationLines,
  renameColumn: (operation) => `renamed column ${named(operation, operation.from)} to '${operation.to}'`,
  createIndex: (operation) => `added index ${indexText(operation.index)} on ${named(operation)}`,
  dropIndex: (operation) => `removed index '${operation.name}' on ${named(operation)}`,
  renameIndex: (operation) => `renamed index '${operation.from}' to '${operation.to}' on ${named(operation)}`,
  createPrimaryKey: (operation) =>
    `added primary key (${operation.primaryKey.columns.join(', ')}) on ${named(operation)}`,
  createForeignKey: (operation) => {
    const { columns, referencedColumns, referencedSchema, referencedTable } = operation.foreignKey;
    const target = referencedSchema === undefined ? referencedTable : `${referencedSchema}.${referencedTable}`;
    return `added foreign key (${columns.join(', ')}) to ${target}(${referencedColumns.join(', ')}) on table ${named(operation)}`;
  },
  createUniqueConstraint: (operation) =>
    `added unique constraint ${indexText(operation.unique)} on ${named(operation)}`,
  createCheckConstraint: (operation) =>
    `added check constraint '${operation.check.name ?? operation.check.expression}' on table ${named(operation)}`,
  dropConstraint: (operation) =>
    `removed ${constraintWords[operation.type]} '${operation.name}' on table ${named(operation)}`,
  createSchema: ({ name }) => `added schema '${name}'`,
  dropSchema: ({ name }) => `removed schema '${name}'`,
  createEnum: ({ name, schema }) => `added enum ${quoted(schema, name)}`,
  dropEnum: ({ name, schema }) => `removed enum ${quoted(schema, name)}`,
  alterEnum: ({ name, schema, existing, items, renames = [] }) => {
    const renamed = renames.map(({ from, to }) => `'${from}' is '${to}'`);
    const isNew = (item: string): boolean => !existing.includes(item) && !renames.some(({ to }) => to === item);
    const isGone = (item: string): boolean => !items.includes(item) && !renames.some(({ from }) => from === item);
    const added = items.filter(isNew).map((item) => `+'${item}'`);
    const removed = existing.filter(isGone).map((item) => `-'${item}'`);
    return `changed enum ${quoted(schema, name)}: ${[...renamed, ...added, ...removed].join(', ') || 'another order'}`;
  },
  createView: ({ view, schema, orReplace }) =>
    `${orReplace === true ? 'changed' : 'added'} view ${quoted(schema, view)}`,
  dropView: ({ view, schema }) => `removed view ${quoted(schema, view)}`,
  createMaterializedView: ({ view, schema }) => `added materialized view ${quoted(schema, view)}`,
  dropMaterializedView: ({ view, schema }) => `removed materialized view ${quoted(schema, view)}`,
  refreshMaterializedView: ({ view, schema }) => `stale materialized view ${quoted(schema, view)}`,
  createPartition: ({ name, partitionSchema, schema, ...operation }) =>
    `added partition ${quoted(partitionSchema ?? schema, name)} of table ${named({ ...operation, schema })}`,
  dropPartition: ({ name, partitionSchema, schema, ...operation }) =>
    `removed partition ${quoted(partitionSchema ?? schema, name)} of table ${named({ ...operation, schema })}`,
  alterRowLevelSecurity: (operation) => {
    const words = { true: 'enabled', false: 'disabled', force: 'forced' } as const;
    return `${words[`${operation.level}`]} row-level security on table ${named(operation)}`;
  },
  createPolicy: (operation) => `added policy '${operation.name}' on table ${named(operation)}`,
  dropPolicy: (operation) => `removed policy '${operation.name}' on table ${named(operation)}`,
  createTrigger: (operation) => `added trigger '${operation.name}' on table ${named(operation)}`,
  dropTrigger: (operation) => `removed trigger '${operation.name}' on table ${named(operation)}`,
  createRoutine: ({ name, schema, routine, orReplace }) =>
    `${orReplace === true ? 'changed' : 'added'} ${routine.type} ${quoted(schema, name)}`,
  dropRoutine: ({ name, schema, type }) => `removed ${type} ${quoted(schema, name)}`,
  validateConstraint: (operation) => `unvalidated constraint '${operation.name}' on table ${named(operation)}`,
  execute: ({ sql }) => `statement: ${sql.replace(/\s+/g, ' ').trim()}`,
  bulkInsert: (operation) => `rows for ${named(operation)}`,
};

const constraintWords = {
  primaryKey: 'primary key',
  foreignKey: 'foreign key',
  unique: 'unique constraint',
  check: 'check constraint',
} as const;

/** The properties of a column that are its type, for a person. */
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
/** The properties that are told in words of their own, or tell nothing alone. */
const told = new Set<string>([...typeProperties, 'nullable', 'default', 'defaultRaw', 'comment', 'using']);

function alterationLines(operation: OperationOf<'alterColumn'>): readonly string[] {
  const { change, existing = {} } = operation;
  const column = named(operation, operation.column);
  const lines: string[] = [];
  if (typeProperties.some((property) => property in change)) {
    const [before, after] = [typeText(existing), typeText(alteredColumn(operation))];
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

function typeText({
  type,
  columnType,
  length,
  precision,
  scale,
  unsigned,
  items,
  nativeEnumName,
}: ColumnChange): string {
  const sizes = [length ?? precision, scale].filter((size) => size != null);
  const values = items == null ? '' : `(${items.map((item) => `'${item}'`).join(', ')})`;
  const size = sizes.length === 0 ? '' : `(${sizes.join(', ')})`;
  return `${columnType ?? nativeEnumName ?? type ?? ''}${size}${values}${unsigned === true ? ' unsigned' : ''}`;
}

function indexText({ name, columns }: { name?: string; columns: readonly (string | { name: string })[] }): string {
  const list = columns.map((column) => (typeof column === 'string' ? column : column.name)).join(', ');
  return name === undefined ? `(${list})` : `'${name}'${list === '' ? '' : ` (${list})`}`;
}

function named({ schema, table: name }: { schema?: string; table: string }, column?: string): string {
  return quoted(schema, column === undefined ? name : `${name}.${column}`);
}

function quoted(schema: string | undefined, name: string): string {
  return schema === undefined ? `'${name}'` : `'${schema}.${name}'`;
}
