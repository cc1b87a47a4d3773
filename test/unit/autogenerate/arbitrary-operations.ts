/** Operations of every kind, with names and texts that nobody in their right mind would use. */
import fc from 'fast-check';
import {
  type ExistingTable,
  type Operation,
  type OperationOf,
} from '../../../libs/nest-migrate/src/operations/operation.js';
import { isTableAlteration, type TableAlteration } from '../../../libs/nest-migrate/src/operations/all.js';
import { type EncodedValue } from '../../../libs/nest-migrate/src/operations/value.js';

const hostile = [
  "o'neil",
  '"quoted"',
  `both ' and "`,
  'back\\slash',
  '\\',
  '`${tick}`',
  '*/ /* // -- #',
  'line\nbreak\r\n\ttab',
  '\u2028\u2029',
  '\ud800',
  'ä😀\u0000x'.replace('\u0000', ''),
  '\u202eturned',
  '__proto__',
  'constructor',
  'toString',
  '1',
  '-1',
  '01',
  '4294967296',
  'order',
  'a.b',
  "';drop table x;--",
  '</script>',
  '${}',
  ' ',
];

const word = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 60 }),
);
/** Longer than any name, and than a line. */
const sentence = fc.string({ minLength: 70, maxLength: 110 });
const text = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: sentence });
/** A sentence with names in it, which is sometimes said. */
const warning = fc.option(
  fc.array(text, { minLength: 1, maxLength: 9 }).map((words) => ({ warning: `drops ${words.join(' ')}` })),
  { nil: {} },
);
/** What a name may be: not empty, and without a zero character. */
const name = word.map((value) => value.replaceAll('\0', '') || 'x');
const condition = text.filter((value) => value !== '' && !value.includes('\0'));
const names = (minLength = 1) => fc.uniqueArray(name, { minLength, maxLength: 4 });
const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 6 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const flag = maybe(fc.constant(true));
const inSchema = { schema: maybe(name) };
const changingParts = fc.record({
  columns: fc.array(fc.record({ table: name, ...inSchema, column: name, rebuilt: maybe(fc.boolean()) }), {
    minLength: 1,
    maxLength: 3,
  }),
  types: maybe(fc.array(fc.record({ name, ...inSchema }), { minLength: 1, maxLength: 2 })),
  except: maybe(fc.uniqueArray(name, { minLength: 1, maxLength: 2 })),
});

const recreatedObjects = fc.record({
  tables: fc.array(fc.record({ name, ...inSchema }), { minLength: 1, maxLength: 2 }),
  routines: maybe(fc.array(fc.record({ name, ...inSchema }), { minLength: 1, maxLength: 2 })),
});

const value: fc.Arbitrary<EncodedValue> = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
  fc.integer(),
  fc.boolean(),
  fc.bigInt().map((big) => ({ $bigint: big.toString() })),
  fc.date({ noInvalidDate: true }).map((date) => ({ $date: date.toISOString() })),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ $bytes: Buffer.from(bytes).toString('base64') })),
);

const type = fc.oneof(
  fc.record({ type: fc.constant('string' as const), length: fc.nat(500) }),
  fc.record({ type: fc.constant('decimal' as const), precision: fc.nat(30), scale: fc.nat(9), unsigned: flag }),
  fc.record({ type: fc.constant('enum' as const), items: texts }),
  fc.record({ type: fc.constant('enum' as const), nativeEnumName: name }),
  fc.record({ type: fc.constantFrom('integer' as const, 'text' as const, 'json' as const, 'uuid' as const) }),
  fc.record({ columnType: name }),
);
const content = fc.oneof(
  fc.record({ default: value }),
  fc.record({ defaultRaw: condition }),
  fc.record({ generated: name }),
  fc.record({}),
);
const options = fc
  .tuple(
    type,
    content,
    fc.record({
      nullable: flag,
      collation: maybe(fc.constantFrom('C', 'utf8mb4_bin')),
      extra: maybe(name),
      comment: maybe(text),
    }),
  )
  .map(([a, b, c]) => ({ ...a, ...b, ...c }));
const column = fc.tuple(name, options).map(([columnName, rest]) => ({ name: columnName, ...rest }));

const rule = maybe(
  fc.constantFrom(
    'cascade' as const,
    'restrict' as const,
    'set null' as const,
    'set default' as const,
    'no action' as const,
  ),
);
const deferMode = maybe(fc.constantFrom('immediate' as const, 'deferred' as const));

const indexColumn = (columnName: fc.Arbitrary<string>) =>
  fc.record({
    name: columnName,
    sort: maybe(fc.constantFrom('asc' as const, 'desc' as const)),
    nulls: maybe(fc.constantFrom('first' as const, 'last' as const)),
    length: maybe(fc.nat(99)),
  });
const index = (columnName: fc.Arbitrary<string>) =>
  fc.record({
    name: maybe(name),
    columns: fc.uniqueArray(indexColumn(columnName), { minLength: 1, maxLength: 3, selector: (part) => part.name }),
    unique: flag,
    type: maybe(name),
    where: maybe(name),
    fillFactor: maybe(fc.integer({ min: 10, max: 100 })),
    invisible: flag,
  });
const expressionIndex = fc.record({ name, columns: fc.constant([]), unique: flag, expression: condition });

const foreignKey = (columns: fc.Arbitrary<string[]>) =>
  fc
    .tuple(
      columns,
      fc.record({
        name: maybe(name),
        referencedTable: name,
        referencedSchema: maybe(name),
        deleteRule: rule,
        updateRule: rule,
        deferMode,
      }),
    )
    .chain(([list, rest]) =>
      fc
        .uniqueArray(name, { minLength: list.length, maxLength: list.length })
        .map((referencedColumns) => ({ ...rest, columns: list, referencedColumns })),
    );

const createTable = fc
  .tuple(
    fc.record({ table: name, ...inSchema, comment: maybe(text), ifNotExists: flag, partitionBy: maybe(name) }),
    fc.uniqueArray(column, { minLength: 1, maxLength: 5, selector: (part) => part.name }),
  )
  .chain(([rest, columns]) => {
    const columnName = fc.constantFrom(...columns.map((part) => part.name));
    const some = fc.uniqueArray(columnName, { minLength: 1, maxLength: 3 });
    return fc.record({
      ...Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, fc.constant(part)])),
      kind: fc.constant('createTable' as const),
      columns: fc.constant(columns),
      primaryKey: maybe(fc.record({ name: maybe(name), columns: some })),
      indexes: fc.array(fc.oneof(index(columnName), expressionIndex), { maxLength: 2 }),
      uniques: fc.array(fc.record({ name: maybe(name), columns: some, deferMode }), { maxLength: 2 }),
      checks: fc.array(fc.record({ name, expression: condition }), { maxLength: 2 }),
      foreignKeys: fc.array(foreignKey(some), { maxLength: 2 }),
    });
  });

const postcondition = fc.oneof(
  fc.record({ query: name }),
  fc.record({ table: name, ...inSchema, column: maybe(name), exists: fc.boolean() }),
);

/** SQL as verbs keep it: of several lines, trimmed, without a semicolon at its end. */
const sql = fc
  .array(text, { minLength: 1, maxLength: 5 })
  .map((lines) => lines.join('\n').replaceAll('\0', '').trim().replace(/\s*;$/, ''))
  .map((joined) => (joined === '' || joined !== joined.trim().replace(/\s*;$/, '') ? 'select 1' : joined));
const events = fc
  .subarray(['insert', 'update', 'delete', 'truncate'] as const, { minLength: 1 })
  .map((list) => [...list]);
const programText = fc.oneof(fc.record({ body: sql }), fc.record({ expression: sql }));
const trigger = fc
  .tuple(
    fc.record({
      timing: fc.constantFrom('before' as const, 'after' as const, 'instead of' as const),
      events,
      forEach: maybe(fc.constant('statement' as const)),
      when: maybe(name),
    }),
    programText,
  )
  .map(([parts, source]) => ({ ...parts, ...source }));
const level = fc.constantFrom(true, false, 'force' as const);
const policy = fc.record(
  {
    command: fc.constantFrom('select' as const, 'insert' as const, 'update' as const, 'delete' as const),
    type: fc.constant('restrictive' as const),
    roles: names(),
    using: sql,
    check: sql,
  },
  { requiredKeys: [] },
);
const routineType = fc.constantFrom('function' as const, 'procedure' as const);
const routine = fc
  .tuple(
    fc.record({
      type: routineType,
      params: fc.array(
        fc.record({ name, type: name, direction: maybe(fc.constantFrom('out' as const, 'inout' as const)) }),
        { maxLength: 3 },
      ),
      returns: name,
      language: maybe(name),
      deterministic: maybe(fc.boolean()),
      dataAccess: maybe(fc.constantFrom('no-sql' as const, 'reads-sql-data' as const)),
      security: maybe(fc.constantFrom('invoker' as const, 'definer' as const)),
      comment: maybe(text),
    }),
    programText,
  )
  .map(([parts, source]) => ({ ...parts, ...source }));

const place = fc.oneof(fc.record({ after: maybe(name) }), fc.record({ first: flag }));

/** One arbitrary a kind: a kind that is missing does not compile. */
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: 10n ** 16n, max: 10n ** 18n }).map((large) => ({ $bigint: String(large) })),
);
const sequenceParts = {
  type: fc.constantFrom('smallint' as const, 'integer' as const, 'bigint' as const),
  start: integer,
  increment: integer.filter((step) => step !== 0),
  minValue: integer,
  maxValue: integer,
  cache: integer,
  cycle: fc.boolean(),
  ownedBy: fc.record({ table: name, column: name }),
};
const sequence = fc.record(sequenceParts, { requiredKeys: [] });
const sequenceChange = fc
  .record(sequenceParts, { requiredKeys: ['increment'] })
  .map((change) => ({ ...change, start: change.start ?? null, cycle: change.cycle ?? null }));

const byKind = {
  createTable,
  dropTable: fc.record({ table: name, ...inSchema, ifExists: flag }),
  renameTable: fc.record({
    from: name,
    to: name,
    ...inSchema,
    toSchema: fc.option(fc.option(name, { nil: null }), { nil: undefined }),
  }),
  alterTableComment: fc.record({ table: name, ...inSchema, comment: fc.option(name, { nil: null }) }),
  addColumn: fc.tuple(fc.record({ table: name, ...inSchema, column, ifNotExists: flag }), place).map(([rest, at]) => ({
    ...rest,
    ...at,
  })),
  dropColumn: fc.record({ table: name, ...inSchema, column: name, ifExists: flag }),
  alterColumn: fc.record({
    table: name,
    ...inSchema,
    column: name,
    change: fc.oneof(
      options,
      fc.record({ nullable: fc.boolean(), default: fc.constant(null) }),
      fc.record({ comment: fc.constant(null), type: fc.constant('text' as const), using: maybe(name) }),
    ),
    // a default and an expression exclude one another, also where one is there and the other comes
    existing: maybe(type),
  }),
  renameColumn: fc.record({ table: name, ...inSchema, from: name, to: name }),
  createIndex: fc.record({
    table: name,
    ...inSchema,
    index: fc.oneof(index(name), expressionIndex),
    concurrently: flag,
    ifNotExists: flag,
  }),
  dropIndex: fc.record({ table: name, ...inSchema, name, concurrently: flag, ifExists: flag }),
  renameIndex: fc.record({ table: name, ...inSchema, from: name, to: name }),
  createPrimaryKey: fc.record({
    table: name,
    ...inSchema,
    primaryKey: fc.record({ name: maybe(name), columns: names() }),
  }),
  createForeignKey: fc.record({ table: name, ...inSchema, foreignKey: foreignKey(names()), notValid: flag }),
  createUniqueConstraint: fc.record({
    table: name,
    ...inSchema,
    unique: fc.record({ name: maybe(name), columns: names(), deferMode }),
  }),
  createCheckConstraint: fc.record({
    table: name,
    ...inSchema,
    check: fc.record({ name: maybe(name), expression: condition }),
    notValid: flag,
  }),
  dropConstraint: fc.record({
    table: name,
    ...inSchema,
    name,
    type: fc.constantFrom('foreignKey' as const, 'unique' as const, 'check' as const, 'primaryKey' as const),
    ifExists: flag,
  }),
  createSchema: fc.record({ name }),
  dropSchema: fc.record({ name }),
  dropDependents: changingParts,
  restoreDependents: changingParts,
  keepAttributes: recreatedObjects,
  restoreAttributes: recreatedObjects,
  createEnum: fc.record({ name, ...inSchema, items: texts }),
  dropEnum: fc.record({ name, ...inSchema }),
  alterEnum: fc
    .record({
      name,
      ...inSchema,
      items: texts,
      existing: texts,
      isRenaming: fc.boolean(),
      columns: fc.array(fc.record({ table: name, column: name, ...inSchema, array: flag, defaultRaw: maybe(name) }), {
        maxLength: 2,
      }),
    })
    .map(({ isRenaming, ...rest }) => {
      const [from = ''] = rest.existing;
      // longer than all that is there
      const to = `${[...rest.existing, ...rest.items].join('')}+`;
      return isRenaming ? { ...rest, items: [...rest.items, to], renames: [{ from, to }] } : rest;
    }),
  createSequence: fc.record({ name, ...inSchema, sequence, ifNotExists: flag }),
  alterSequence: fc.record({ name, ...inSchema, change: sequenceChange, existing: sequence }),
  dropSequence: fc.record({ name, ...inSchema, ifExists: flag }),
  renameSequence: fc.record({ from: name, to: name, ...inSchema }),
  createView: fc.record({ view: name, ...inSchema, definition: sql, orReplace: flag }),
  dropView: fc.record({ view: name, ...inSchema, ifExists: flag }),
  createMaterializedView: fc.record({
    view: name,
    ...inSchema,
    definition: sql,
    withData: maybe(fc.constant(false)),
  }),
  dropMaterializedView: fc.record({ view: name, ...inSchema, ifExists: flag }),
  refreshMaterializedView: fc.record({ view: name, ...inSchema, concurrently: flag }),
  createPartition: fc.record({ table: name, ...inSchema, name, partitionSchema: maybe(name), bound: sql }),
  dropPartition: fc.record({ table: name, ...inSchema, name, partitionSchema: maybe(name) }),
  attachPartition: fc.record({ table: name, ...inSchema, name, partitionSchema: maybe(name), bound: sql }),
  detachPartition: fc.record({ table: name, ...inSchema, name, partitionSchema: maybe(name), concurrently: flag }),
  alterRowLevelSecurity: fc.record({ table: name, ...inSchema, level, existing: maybe(level) }),
  createPolicy: fc.record({ table: name, ...inSchema, name, policy }),
  dropPolicy: fc.record({ table: name, ...inSchema, name }),
  syncColumns: fc.record({
    table: name,
    ...inSchema,
    column: name.map((one) => `${one}+`),
    copy: name,
    conversion: fc
      .record({ forward: maybe(sql), back: maybe(fc.oneof(sql, fc.constant(false as const))) })
      .map((given) => JSON.parse(JSON.stringify(given)) as { forward?: string; back?: string | false }),
  }),
  unsyncColumns: fc.record({ table: name, ...inSchema, column: name.map((one) => `${one}+`), copy: name }),
  createTrigger: fc.record({ table: name, ...inSchema, name, trigger }),
  dropTrigger: fc.record({
    table: name,
    ...inSchema,
    name,
    events: maybe(events.filter((list) => list.length > 1)),
  }),
  createRoutine: fc.record({ name, ...inSchema, routine, orReplace: flag }),
  dropRoutine: fc.record({ name, ...inSchema, type: routineType, parameterTypes: maybe(names(0)), ifExists: flag }),
  validateConstraint: fc.record({ table: name, ...inSchema, name }),
  execute: fc
    .tuple(
      fc.array(value, { maxLength: 3 }),
      name,
      fc.record({ postcondition: maybe(postcondition), repeatable: flag }),
    )
    .map(([params, free, rest]) => ({
      sql: params.length === 0 ? `select ${free}` : `select ${params.map(() => '?').join(', ')}`,
      params,
      ...rest,
    })),
  bulkInsert: fc
    .tuple(fc.record({ table: name, ...inSchema }), names(), fc.integer({ min: 1, max: 3 }))
    .chain(([rest, columns, count]) =>
      fc
        .array(fc.tuple(...columns.map(() => fc.oneof(value, fc.constant(null)))), {
          minLength: count,
          maxLength: count,
        })
        .map((rows) => ({
          ...rest,
          rows: rows.map((cells) => Object.fromEntries(cells.map((cell, position) => [columns[position] ?? '', cell]))),
        })),
    ),
} satisfies { readonly [K in Operation['kind']]: fc.Arbitrary<Partial<OperationOf<K>>> };

/** Any operation that the builder of revisions accepts. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  ...Object.entries(byKind).map(([kind, arbitrary]) =>
    fc
      .tuple(arbitrary as fc.Arbitrary<object>, warning)
      .map(([operation, said]) => ({ kind, ...operation, ...said }) as Operation),
  ),
);

/** A table that an engine rebuilds, and what it becomes. */
export const anyRebuild: fc.Arbitrary<{
  readonly table: ExistingTable;
  readonly alterations: readonly TableAlteration[];
}> = fc
  .tuple(
    createTable.map((table) => ({ ...table, ifNotExists: undefined }) as unknown as ExistingTable),
    fc.array(fc.record({ name, trigger }), { minLength: 1, maxLength: 2 }),
    fc.array(anyOperation.filter(isTableAlteration), { minLength: 1, maxLength: 3 }),
  )
  .map(([table, triggers, alterations]) => ({
    table: { ...table, triggers },
    alterations: alterations.map((operation) => ({ ...operation, table: table.table, schema: table.schema })),
  }));
