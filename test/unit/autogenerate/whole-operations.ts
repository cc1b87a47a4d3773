/** Operations of each kind that say all that their kind can say, whether or not an engine could do it. */
import {
  type ExistingTable,
  type NamedColumnDefinition,
  type Operation,
  type OperationOf,
} from '../../../libs/nest-migrate/src/operations/operation.js';

/** What an operation holds for its reversal, says to people alone, or has from its batch. */
type Unprinted = 'previous' | 'previousPlace' | 'previousUsing' | 'warning' | 'assertion';

/** With every key that there can be, at every depth: one that is new has to be added here to compile. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [K in Exclude<keyof T, Unprinted>]-?: Whole<Exclude<T[K], undefined>> }
    : T;

const properties: Omit<Whole<NamedColumnDefinition>, 'name'> = {
  type: 'decimal',
  columnType: 'numeric(10, 2)',
  length: 10,
  precision: 10,
  scale: 2,
  unsigned: true,
  autoincrement: true,
  primary: true,
  nullable: true,
  default: { $bigint: '12' },
  defaultRaw: 'now()',
  items: ['a', "it's"],
  nativeEnumName: 'mood',
  checkName: 'thing_mood_check',
  generated: '(a + b) stored',
  collation: 'utf8mb4_bin',
  extra: 'on update current_timestamp',
  comment: 'two\nlines',
};
/** A change may remove every property but the expression that converts the values. */
const removed = Object.fromEntries(Object.keys(properties).map((key) => [key, null])) as {
  readonly [K in keyof typeof properties]: null;
};
const column: Whole<NamedColumnDefinition> = { name: 'a', ...properties };
const index = {
  name: 'i',
  columns: [
    { name: 'a', sort: 'desc', nulls: 'last', length: 5, collation: 'C' },
    { name: 'b', sort: 'asc', nulls: 'first', length: 5, collation: 'C' },
  ],
  unique: true,
  type: 'gin',
  where: 'a > 0',
  include: ['b'],
  fillFactor: 70,
  invisible: true,
  expression: 'lower(a)',
} as const;
const primaryKey = { name: 'pk', columns: ['a', 'b'] };
const unique = { name: 'u', columns: ['a', 'b'], deferMode: 'deferred' } as const;
const check = { name: 'c', expression: 'a > 0' };
const foreignKey = {
  name: 'fk',
  columns: ['a'],
  referencedTable: 'other',
  referencedSchema: 's',
  referencedColumns: ['id'],
  deleteRule: 'set null',
  updateRule: 'no action',
  deferMode: 'immediate',
} as const;
const trigger = {
  timing: 'instead of',
  events: ['insert', 'truncate'],
  forEach: 'statement',
  when: 'true',
  body: 'select 1;\nselect 2',
  expression: 'create trigger t',
} as const;
const routine = {
  type: 'procedure',
  params: [{ name: 'p', type: 'int', direction: 'inout', defaultRaw: '1' }],
  returns: 'int',
  language: 'sql',
  deterministic: false,
  dataAccess: 'reads-sql-data',
  security: 'invoker',
  comment: 'c',
  body: 'select 1',
  expression: 'create function f()',
} as const;
const sequence = {
  type: 'bigint',
  start: 10,
  increment: { $bigint: '-2' },
  minValue: -100,
  maxValue: 100,
  cache: 5,
  cycle: true,
  ownedBy: { table: 't', column: 'a' },
} as const;
const defaults = Object.fromEntries(Object.keys(sequence).map((key) => [key, null])) as {
  readonly [K in keyof typeof sequence]: null;
};
const at = { schema: 's', table: 't' };
const renamed = { from: 'old', to: 'new' };

const changingParts = {
  columns: [{ ...at, column: 'a', rebuilt: true }],
  types: [{ schema: 's', name: 'mood' }],
  except: ['i'],
};

const recreatedObjects = {
  tables: [{ schema: 's', name: 't' }],
  routines: [{ schema: 's', name: 'r' }],
};

const table: Whole<OperationOf<'createTable'>> = {
  kind: 'createTable',
  ...at,
  columns: [column],
  primaryKey,
  comment: 'c',
  ifNotExists: true,
  partitionBy: 'range (a)',
  indexes: [index],
  uniques: [unique],
  checks: [check],
  foreignKeys: [foreignKey],
};

/** A table as a batch says that it is. */
export const wholeTable: Whole<ExistingTable> = { ...table, triggers: [{ name: 'g', trigger }] };

export const wholeOperations: { readonly [K in Operation['kind']]: readonly Whole<OperationOf<K>>[] } = {
  // a name that looks like a number makes a list of the columns
  createTable: [table, { ...table, columns: [column, { ...column, name: '1' }] }],
  dropTable: [{ kind: 'dropTable', ...at, ifExists: true }],
  renameTable: [
    { kind: 'renameTable', schema: 's', ...renamed, toSchema: 't' },
    { kind: 'renameTable', schema: 's', ...renamed, toSchema: null },
  ],
  alterTableComment: [
    { kind: 'alterTableComment', ...at, comment: 'c' },
    { kind: 'alterTableComment', ...at, comment: null },
  ],
  addColumn: [{ kind: 'addColumn', ...at, column, after: 'b', first: true, ifNotExists: true, notValid: true }],
  dropColumn: [{ kind: 'dropColumn', ...at, column: 'a', ifExists: true }],
  alterColumn: [
    {
      kind: 'alterColumn',
      ...at,
      column: 'a',
      change: { ...properties, using: 'a::int' },
      existing: properties,
      notValid: true,
    },
    {
      kind: 'alterColumn',
      ...at,
      column: 'a',
      change: { ...removed, using: 'a::int' },
      existing: properties,
      notValid: true,
    },
  ],
  renameColumn: [{ kind: 'renameColumn', ...at, ...renamed }],
  createIndex: [{ kind: 'createIndex', ...at, index, concurrently: true, ifNotExists: true }],
  dropIndex: [{ kind: 'dropIndex', ...at, name: 'i', concurrently: true, ifExists: true }],
  renameIndex: [{ kind: 'renameIndex', ...at, ...renamed }],
  createPrimaryKey: [{ kind: 'createPrimaryKey', ...at, primaryKey, usingIndex: 'i' }],
  createForeignKey: [{ kind: 'createForeignKey', ...at, foreignKey, notValid: true }],
  createUniqueConstraint: [{ kind: 'createUniqueConstraint', ...at, unique, usingIndex: 'i' }],
  createCheckConstraint: [{ kind: 'createCheckConstraint', ...at, check, notValid: true }],
  dropConstraint: (['foreignKey', 'unique', 'check', 'primaryKey'] as const).map((type) => ({
    kind: 'dropConstraint',
    ...at,
    name: 'c',
    type,
    ifExists: true,
  })),
  validateConstraint: [{ kind: 'validateConstraint', ...at, name: 'c' }],
  createSchema: [{ kind: 'createSchema', name: 's' }],
  dropSchema: [{ kind: 'dropSchema', name: 's' }],
  dropDependents: [{ kind: 'dropDependents', ...changingParts }],
  restoreDependents: [{ kind: 'restoreDependents', ...changingParts }],
  keepAttributes: [{ kind: 'keepAttributes', ...recreatedObjects }],
  restoreAttributes: [{ kind: 'restoreAttributes', ...recreatedObjects }],
  createEnum: [{ kind: 'createEnum', schema: 's', name: 'mood', items: ['a', 'b'] }],
  dropEnum: [{ kind: 'dropEnum', schema: 's', name: 'mood' }],
  alterEnum: [
    {
      kind: 'alterEnum',
      schema: 's',
      name: 'mood',
      items: ['new'],
      existing: ['old'],
      renames: [renamed],
      rebuild: true,
      columns: [{ ...at, column: 'a', array: true, defaultRaw: "'old'" }],
    },
  ],
  createSequence: [{ kind: 'createSequence', schema: 's', name: 'q', sequence, ifNotExists: true }],
  alterSequence: [
    { kind: 'alterSequence', schema: 's', name: 'q', change: sequence, existing: sequence },
    { kind: 'alterSequence', schema: 's', name: 'q', change: defaults, existing: sequence },
  ],
  dropSequence: [{ kind: 'dropSequence', schema: 's', name: 'q', ifExists: true }],
  renameSequence: [{ kind: 'renameSequence', schema: 's', ...renamed }],
  createView: [{ kind: 'createView', schema: 's', view: 'v', definition: 'select 1\nfrom t', orReplace: true }],
  dropView: [{ kind: 'dropView', schema: 's', view: 'v', ifExists: true }],
  createMaterializedView: [
    { kind: 'createMaterializedView', schema: 's', view: 'v', definition: 'select 1', withData: false },
  ],
  dropMaterializedView: [{ kind: 'dropMaterializedView', schema: 's', view: 'v', ifExists: true }],
  refreshMaterializedView: [{ kind: 'refreshMaterializedView', schema: 's', view: 'v', concurrently: true }],
  createTrigger: [{ kind: 'createTrigger', ...at, name: 'g', trigger }],
  dropTrigger: [{ kind: 'dropTrigger', ...at, name: 'g', events: ['insert', 'update'] }],
  createPartition: [{ kind: 'createPartition', ...at, name: 'p', partitionSchema: 'parts', bound: 'default' }],
  attachPartition: [{ kind: 'attachPartition', ...at, name: 'p', partitionSchema: 'parts', bound: 'default' }],
  detachPartition: [{ kind: 'detachPartition', ...at, name: 'p', partitionSchema: 'parts', concurrently: true }],
  dropPartition: [{ kind: 'dropPartition', ...at, name: 'p', partitionSchema: 'parts', concurrently: true }],
  alterRowLevelSecurity: [{ kind: 'alterRowLevelSecurity', ...at, level: 'force', existing: false }],
  createPolicy: [
    {
      kind: 'createPolicy',
      ...at,
      name: 'p',
      policy: { command: 'delete', type: 'restrictive', roles: ['a', 'b'], using: 'true', check: 'true' },
    },
  ],
  dropPolicy: [{ kind: 'dropPolicy', ...at, name: 'p' }],
  syncColumns: [
    { kind: 'syncColumns', ...at, column: 'a', copy: 'b', conversion: { forward: 'a', back: 'b' } },
    { kind: 'syncColumns', ...at, column: 'a', copy: 'b', conversion: { forward: 'a', back: false } },
  ],
  unsyncColumns: [{ kind: 'unsyncColumns', ...at, column: 'a', copy: 'b' }],
  createRoutine: [{ kind: 'createRoutine', schema: 's', name: 'f', routine, orReplace: true }],
  dropRoutine: [
    { kind: 'dropRoutine', schema: 's', name: 'f', type: 'function', parameterTypes: ['int'], ifExists: true },
  ],
  execute: [
    {
      kind: 'execute',
      sql: 'select ?, ?, ?, ?',
      params: [{ $bigint: '1' }, { $date: '2026-01-01T00:00:00.000Z' }, { $bytes: 'AAE=' }, null],
      postcondition: { ...at, column: 'a', index: 'i', constraint: 'c', exists: true },
      repeatable: true,
    },
    { kind: 'execute', sql: 'select 1', params: [], postcondition: { query: 'select true' }, repeatable: false },
  ],
  bulkInsert: [{ kind: 'bulkInsert', ...at, rows: [{ a: 1, b: { $date: '2026-01-01T00:00:00.000Z' } }] }],
};
