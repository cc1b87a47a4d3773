import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Engine as Dialect } from '../../../libs/nest-migrate/src/engines/engine.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders, ownDefinitions, reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { statementsFor } from '../../support/statements.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { Catalogue } from './catalogue.js';

const {
  addColumn,
  alterColumn,
  dropColumn,
  renameColumn,
  createCheckConstraint,
  createForeignKey,
  createPrimaryKey,
  createUniqueConstraint,
  dropConstraint,
  validateConstraint,
  bulkInsert,
  execute,
  createIndex,
  dropIndex,
  renameIndex,
  createRoutine,
  dropRoutine,
  alterEnum,
  createEnum,
  createSchema,
  dropEnum,
  dropDependents,
  restoreDependents,
  keepAttributes,
  restoreAttributes,
  dropSchema,
  createTable,
  createTableComment,
  dropTable,
  renameTable,
  attachPartition,
  createPartition,
  alterRowLevelSecurity,
  createPolicy,
  createTrigger,
  syncColumns,
  createMaterializedView,
  createView,
  dropView,
  refreshMaterializedView,
  alterSequence,
  createSequence,
  dropSequence,
  renameSequence,
} = builders;

// names and texts that break what quotes carelessly; MySQL allows no character beyond U+FFFF in names
const table = 'Or`der "of" t.able; \'select\'';
const other = 'group';
const column = 'col "u`m".n\\; --';
const text = `it's "q" \\ b\\s; -- ? ?? \u{1F600}\n%s $1 $&`;

const base = (engine: Engine): readonly Operation[] => [
  createTable(other, {
    columns: {
      id: { type: 'integer', primary: true, autoincrement: true },
      code: { type: 'string', length: 20, comment: text },
    },
    uniques: [{ name: 'code.unique "x"', columns: ['code'] }],
    comment: text,
  }),
  createTable(table, {
    columns: {
      id: { type: 'bigint', primary: true, autoincrement: true },
      a: { type: 'string', length: 50, nullable: true, default: text },
      b: { type: 'integer', default: 7 },
      c: { type: 'enum', items: ['on', text], default: text },
      d: { type: 'decimal', precision: 10, scale: 2, nullable: true },
      e: { type: 'text', nullable: true, default: text },
      f: { type: 'integer', default: 1 },
      [column]: { type: 'integer', nullable: true },
    },
    indexes: [{ name: 'a.index "y"', columns: ['b', { name: 'f', sort: 'desc' }] }],
    checks: [{ name: 'f.positive', expression: 'f > 0' }],
    foreignKeys: [
      { name: 'to `group`', columns: column, referencedTable: other, referencedColumns: 'id', deleteRule: 'set null' },
    ],
  }),
  ...(engine === 'postgres' || engine === 'pglite'
    ? [
        createSchema('Wei"rd.schema'),
        createEnum('Mo"od.x', ['a', text], { schema: 'Wei"rd.schema' }),
        createTable('t', { schema: 'Wei"rd.schema', columns: { id: { type: 'integer', primary: true } } }),
      ]
    : []),
];

const hasSequences = (engine: Engine): boolean => engine.startsWith('p') || engine === 'mariadb';

const reversible: Record<string, (engine: Engine) => Operation | undefined> = {
  createTable: () =>
    createTable('new.table', {
      columns: {
        x: { type: 'integer' },
        y: { type: 'uuid' },
        z: { type: 'integer' },
        at: { type: 'datetime', default: new Date(Date.UTC(2020, 1, 3, 4, 5, 6)) },
        on: { type: 'date', default: new Date(Date.UTC(2020, 1, 3)) },
        yes: { type: 'boolean', default: true },
        big: { type: 'bigint', default: 9007199254740993n },
        data: { type: 'json', default: JSON.stringify({ text }) },
        bytes: { type: 'blob', default: new Uint8Array([0, 39, 92, 255]) },
        made: { type: 'integer', generated: 'z + 1 stored', nullable: true },
      },
      primaryKey: { name: 'new_pk', columns: ['x', 'y'] },
      indexes: [{ columns: ['y'] }],
      uniques: [{ columns: ['y', 'x'] }],
      checks: [{ expression: `z <> 5` }],
      foreignKeys: [{ columns: 'x', referencedTable: other, referencedColumns: 'id', updateRule: 'cascade' }],
      comment: text,
    }),
  'createTable unless it exists': (engine) =>
    createTable('maybe', {
      ifNotExists: true,
      columns: { x: { type: 'integer', primary: true }, y: { type: 'string', comment: text } },
      indexes: [{ columns: ['y'] }],
      uniques: [{ columns: ['y', 'x'] }],
      checks: [{ name: 'maybe_check', expression: `x <> 5` }],
      foreignKeys: [{ columns: 'x', referencedTable: other, referencedColumns: 'id' }],
      comment: engine,
    }),
  dropTable: () => ({
    ...dropTable('gone'),
    previous: createTable('gone', {
      columns: { x: { type: 'integer' } },
      indexes: [{ name: 'gone_x', columns: ['x'] }],
    }),
  }),
  renameTable: () => renameTable(table, 'new "name".x'),
  'renameTable into a schema': (engine) =>
    engine === 'postgres' || engine === 'pglite' ? renameTable(table, 'n.x', { toSchema: 'Wei"rd.schema' }) : undefined,
  createTableComment: () => ({ ...createTableComment(table, text), previous: null }),
  addColumn: () => addColumn(table, 'x.y "z"', { type: 'string', default: text, comment: text }),
  'addColumn enum': () => addColumn(table, 'x.y "z"', { type: 'enum', items: ['on', text], default: text }),
  'addColumn in a schema': (engine) =>
    engine === 'postgres' || engine === 'pglite'
      ? addColumn('t', 'mood', { type: 'enum', nativeEnumName: 'Mo"od', schema: 'public', nullable: true })
      : undefined,
  dropColumn: () => ({ ...dropColumn(other, 'extra'), previous: { name: 'extra', type: 'text', nullable: true } }),
  renameColumn: () => renameColumn(table, column, 'new "name".x'),
  'alterColumn type with a default': () =>
    alterColumn(
      table,
      'a',
      { type: 'text' },
      { existing: { type: 'string', length: 50, nullable: true, default: text } },
    ),
  'alterColumn type, default and nullable': () =>
    alterColumn(
      table,
      'b',
      { type: 'string', length: 9, default: text.slice(0, 4), nullable: true, comment: text },
      { existing: { type: 'integer', default: 7 } },
    ),
  'alterColumn default': () =>
    alterColumn(table, 'b', { default: null }, { existing: { type: 'integer', default: 7 } }),
  'alterColumn length': () =>
    alterColumn(
      table,
      'a',
      { length: 255 },
      { existing: { type: 'string', length: 50, nullable: true, default: text } },
    ),
  'alterColumn precision': () =>
    alterColumn(table, 'd', { scale: 4 }, { existing: { type: 'decimal', precision: 10, scale: 2, nullable: true } }),
  'alterColumn items': () =>
    alterColumn(
      table,
      'c',
      { items: ['on', text, "o'ff"] },
      { existing: { type: 'enum', items: ['on', text], default: text } },
    ),
  'alterColumn from enum to text': () =>
    alterColumn(table, 'c', { type: 'string' }, { existing: { type: 'enum', items: ['on', text], default: text } }),
  'alterColumn comment': () =>
    alterColumn(
      table,
      'd',
      { comment: text },
      { existing: { type: 'decimal', precision: 10, scale: 2, nullable: true } },
    ),
  'alterColumn autoincrement': () =>
    alterColumn(
      'counter',
      'id',
      { autoincrement: false },
      { existing: { type: 'integer', autoincrement: true, primary: true } },
    ),
  'alterColumn type of a column that counts': () =>
    alterColumn(
      'counter',
      'id',
      { type: 'bigint' },
      { existing: { type: 'integer', autoincrement: true, primary: true } },
    ),
  createIndex: () => createIndex(table, ['b', { name: 'a', sort: 'desc' }], { name: 'new.ix "q`"', unique: true }),
  'createIndex concurrently': () => createIndex(table, ['b'], { name: 'slow', concurrently: true }),
  'createIndex by expression': (engine) =>
    engine === 'mariadb' ? undefined : createIndex(table, [], { name: 'low', expression: 'lower(a)' }),
  'createIndex partial': (engine) =>
    engine === 'mariadb' ? undefined : createIndex(table, ['b'], { name: 'part', where: "a <> 'it''s'" }),
  dropIndex: () => ({
    ...dropIndex(table, 'a.index "y"'),
    previous: { columns: [{ name: 'b' }, { name: 'f', sort: 'desc' }] },
  }),
  renameIndex: () => renameIndex(table, 'a.index "y"', 'b.index `z`'),
  createPrimaryKey: (engine) =>
    createPrimaryKey('keyless', ['x', 'y'], { name: engine.startsWith('p') ? 'k.p "k"' : 'PRIMARY' }),
  createForeignKey: () => createForeignKey(table, 'b', other, ['id'], { name: 'fk "2".x', updateRule: 'cascade' }),
  createUniqueConstraint: () => createUniqueConstraint(table, ['b', column], { name: 'uq "2".x' }),
  createCheckConstraint: () => createCheckConstraint(table, `b <> 12`, { name: 'ck "2".x' }),
  'dropConstraint check': () => ({
    ...dropConstraint(table, 'f.positive', { type: 'check' }),
    previous: { type: 'check', check: { expression: 'f > 0' } },
  }),
  'dropConstraint unique': () => ({
    ...dropConstraint(other, 'code.unique "x"', { type: 'unique' }),
    previous: { type: 'unique', unique: { columns: ['code'] } },
  }),
  'dropConstraint foreignKey': () => ({
    ...dropConstraint(table, 'to `group`', { type: 'foreignKey' }),
    previous: {
      type: 'foreignKey',
      foreignKey: { columns: [column], referencedTable: other, referencedColumns: ['id'], deleteRule: 'set null' },
    },
  }),
  createView: () =>
    createView('v."1" `', `select x, '${text.replaceAll("'", "''").replaceAll('\\', '/')}' as t from keyless`),
  'createView in the place of another': () => ({
    ...createView('seen', 'select x, y, 2 as z from keyless', { orReplace: true }),
    previous: { definition: 'select x, y, 1 as z from keyless' },
  }),
  dropView: () => ({ ...dropView('seen'), previous: { definition: 'select x, y, 1 as z from keyless' } }),
  createMaterializedView: (engine) =>
    engine.startsWith('p')
      ? createMaterializedView('m "1".x', 'select x from keyless', { withData: false })
      : undefined,
  createTrigger: (engine) =>
    createTrigger(table, 'tr "1" `x`', {
      timing: 'before',
      events: ['insert', 'update'],
      body: engine.startsWith('p')
        ? `new.b = 1; -- it's $$ and $body1$\nreturn new;`
        : engine === 'sqlite'
          ? `update "group" set code = new.a; -- it's\nselect 1;`
          : `set new.b = 1; -- it's\nset new.f = 2;`,
    }),
  'createTrigger with a condition': (engine) =>
    engine.startsWith('p')
      ? createTrigger('t', 'late', {
          schema: 'Wei"rd.schema',
          timing: 'after',
          events: 'update',
          when: 'old.id <> new.id',
          body: 'return null;',
        })
      : undefined,
  'createTable in partitions': (engine) =>
    engine.startsWith('p')
      ? createTable('parted "1".x', {
          columns: { day: { type: 'date' }, n: { type: 'integer' } },
          primaryKey: { columns: ['day', 'n'] },
          partitionBy: 'range (day, n)',
        })
      : undefined,
  createSequence: (engine) =>
    hasSequences(engine)
      ? createSequence('s "1".x', { start: 7, increment: -3, minValue: -50n, maxValue: 9, cache: 5, cycle: true })
      : undefined,
  'createSequence of a column': (engine) =>
    engine.startsWith('p')
      ? createSequence('s', { type: 'smallint', ownedBy: { table, column: 'f' }, ifNotExists: true })
      : undefined,
  alterSequence: (engine) =>
    hasSequences(engine)
      ? alterSequence(
          'shared',
          { start: null, increment: 4, maxValue: 10n ** 17n, minValue: null, cache: null, cycle: true },
          { existing: { start: 5, minValue: 2, cache: 9 } },
        )
      : undefined,
  dropSequence: (engine) =>
    hasSequences(engine)
      ? { ...dropSequence('shared', { ifExists: true }), previous: { start: 5, minValue: 2, cache: 9 } }
      : undefined,
  renameSequence: (engine) => (hasSequences(engine) ? renameSequence('shared', 'sha"red`.x') : undefined),
  createPartition: (engine) =>
    engine.startsWith('p')
      ? createPartition('parted', 'p "1".x', `for values in ('${text.replaceAll("'", "''")}')`, {
          partitionSchema: 'Wei"rd.schema',
        })
      : undefined,
  'attachPartition, and detachPartition on the way back': (engine) =>
    engine.startsWith('p')
      ? attachPartition('parted', 'lo"ose.x', `for values in ('${text.replaceAll("'", "''")}')`)
      : undefined,
  createPolicy: (engine) =>
    engine.startsWith('p')
      ? createPolicy(table, 'p "1".x', {
          command: 'update',
          type: 'restrictive',
          roles: ['public'],
          using: `'${text.replaceAll("'", "''")}' <> ''`,
          check: 'true',
        })
      : undefined,
  syncColumns: (engine) => (engine.startsWith('p') ? syncColumns(table, 'b', column, { forward: 'b + f' }) : undefined),
  alterRowLevelSecurity: (engine) =>
    engine.startsWith('p') ? alterRowLevelSecurity(table, 'force', { existing: false }) : undefined,
  'alterRowLevelSecurity in another schema': (engine) =>
    engine.startsWith('p') ? alterRowLevelSecurity('t', true, { existing: false, schema: 'Wei"rd.schema' }) : undefined,
  'createRoutine function': (engine) =>
    createRoutine('f "1".x', {
      type: 'function',
      params: [{ name: 'a b', type: 'int' }],
      returns: 'int',
      deterministic: true,
      security: 'invoker',
      comment: engine.startsWith('p') ? text : 'about it',
      body: engine.startsWith('p') ? `select "a b" + 1 -- $$ 'x'` : 'return `a b` + 1;',
    }),
  'createRoutine procedure': (engine) =>
    createRoutine('p', {
      type: 'procedure',
      params: [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'int', direction: 'inout' },
      ],
      body: engine.startsWith('p') ? 'b := a + b;' : 'set b = a + b; -- it;s\nset b = b;',
    }),
  'createRoutine in the place of another': (engine) =>
    engine === 'mysql'
      ? undefined
      : {
          ...createRoutine('one', { ...one, body: routineBody(engine, 2), orReplace: true }),
          previous: { ...one, params: [], body: routineBody(engine, 1) },
        },
  dropRoutine: (engine) => ({
    ...dropRoutine('one', { type: 'function', parameterTypes: [] }),
    previous: { ...one, params: [], body: routineBody(engine, 1) },
  }),
  createSchema: (engine) => (engine.startsWith('p') ? createSchema('a "b".c') : undefined),
  createEnum: (engine) => (engine.startsWith('p') ? createEnum('e "f".g', [text, 'b']) : undefined),
};

/** SQLite has no comments, no lengths, and one type for all numbers that count: these change nothing there. */
const unseenOnSqlite = new Set([
  'createTableComment',
  'alterColumn type with a default',
  'alterColumn length',
  'alterColumn comment',
  'alterColumn type of a column that counts',
]);
/** … and these it does not have. */
const absentOnSqlite = /Routine/;

const one = { type: 'function', returns: 'int', deterministic: true } as const;

function routineBody(engine: Engine, value: number): string {
  return engine.startsWith('p') ? `select ${value}` : `return ${value};`;
}

describe.each(enginesByDialect('operations'))('operations on %s', (engine) => {
  let database: TestDatabase;
  let orm: MikroORM;
  let dialect: Dialect;
  let catalogue: Catalogue;

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } });
    await orm.connect();
    dialect = engineFor(orm);
    catalogue = new Catalogue(orm.em, dialect);
    // as a run does before each revision
    if (engine === 'sqlite') await orm.em.getConnection().execute('pragma foreign_keys = off');
    for (const operation of base(engine)) await apply(operation);
    await apply(
      createTable('gone', { columns: { x: { type: 'integer' } }, indexes: [{ name: 'gone_x', columns: ['x'] }] }),
    );
    await apply(createTable('keyless', { columns: { x: { type: 'integer' }, y: { type: 'integer' } } }));
    await apply(createTable('counter', { columns: { id: { type: 'integer', primary: true, autoincrement: true } } }));
    await apply(createTable('t', { columns: { id: { type: 'integer', primary: true } } }));
    if (dialect.name === 'postgres') {
      await apply(createEnum('Mo"od', ['a', 'b']));
      await apply(createTable('parted', { columns: { a: { type: 'text' } }, partitionBy: 'list (a)' }));
      await apply(createTable('lo"ose.x', { columns: { a: { type: 'text' } } }));
    }
    if (hasSequences(engine)) await apply(createSequence('shared', { start: 5, minValue: 2, cache: 9 }));
    await apply(addColumn(other, 'extra', { type: 'text', nullable: true }));
    await apply(createView('seen', 'select x, y, 1 as z from keyless'));
    const body = routineBody(engine, 1);
    if (engine !== 'sqlite') await apply(createRoutine('one', { ...one, body }));
  });
  afterAll(async () => {
    await orm?.close(true);
    await database?.drop();
  });

  const seen = new Set<string>();

  async function apply(operation: Operation): Promise<void> {
    seen.add(operation.kind);
    await catalogue.apply(operation);
  }

  const cases = Object.entries(reversible).flatMap(([name, make]) => {
    const operation = make(engine);
    const missing = engine === 'sqlite' && (unseenOnSqlite.has(name) || absentOnSqlite.test(name));
    return operation === undefined || missing ? [] : [[name, operation] as const];
  });

  it.each(cases)('%s: works, says so, and its reverse leaves nothing behind', async (_, operation) => {
    const before = await catalogue.snapshot();
    await apply(operation);
    expect(await catalogue.snapshot()).not.toEqual(before);
    for (const back of reverse(operation)) await apply(back);
    expect(await catalogue.snapshot()).toEqual(before);
  });

  it('repeats what it calls repeatable', async () => {
    for (const [, operation] of cases) {
      for await (const { sql, repeatable } of statementsFor(dialect, orm.em.getConnection(), operation)) {
        await orm.em.getConnection().execute(sql);
        if (repeatable === true) await orm.em.getConnection().execute(sql);
      }
      for (const back of reverse(operation)) await apply(back);
    }
  });

  it('stores the values it was given', async () => {
    await apply(
      createTable('values', {
        columns: {
          id: { type: 'integer', primary: true },
          text: { type: 'text', nullable: true },
          big: { type: 'bigint' },
          yes: { type: 'boolean' },
          at: { type: 'datetime', length: 3 },
          bytes: { type: 'blob' },
          data: { type: 'json' },
          defaulted: { type: 'string', default: text },
          defaultedText: { type: 'text', default: text },
        },
      }),
    );
    const row = {
      id: 1,
      text,
      big: 9007199254740993n,
      yes: true,
      at: new Date(Date.UTC(2020, 1, 3, 4, 5, 6, 789)),
      bytes: new Uint8Array([0, 39, 92, 255]),
      data: JSON.stringify({ text }),
    };
    await apply(bulkInsert('values', [row, { ...row, id: 2, text: null }]));
    await apply(bulkInsert('values', []));
    await apply(execute('update ?? set yes = ? where id = ?', ['values', false, 2]));
    const [first, second] = await catalogue.rows(`select * from ${dialect.sql.quote('values')} order by id`);
    expect(first).toMatchObject({ text, defaulted: text, defaultedText: text });
    // SQLite's driver reads a number as JavaScript's
    const exact = dialect.name === 'sqlite' ? 'cast(big as text)' : 'big';
    const [big] = await catalogue.rows(`select ${exact} as big from ${dialect.sql.quote('values')} where id = 1`);
    expect(String(big['big'])).toBe('9007199254740993');
    expect(new Uint8Array(first['bytes'] as Uint8Array)).toEqual(row.bytes);
    const data = first['data'];
    expect(typeof data === 'string' ? JSON.parse(data) : data).toEqual({ text });
    expect([Boolean(first['yes']), Boolean(second['yes']), second['text']]).toEqual([true, false, null]);
    // SQLite keeps what MikroORM gives it: milliseconds
    const format = {
      postgres: "to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')",
      mysql: 'cast(at as char)',
      mariadb: 'cast(at as char)',
      sqlite: "strftime('%Y-%m-%d %H:%M:%f', at / 1000.0, 'unixepoch')",
    }[dialect.name];
    const [at] = await catalogue.rows(`select ${format} as at from ${dialect.sql.quote('values')} where id = 1`);
    expect(at).toEqual({ at: '2020-02-03 04:05:06.789' });
  });

  it('puts a column where it is asked to, and back where it stood', async () => {
    const columns = async (): Promise<readonly string[]> => {
      const rows =
        dialect.name === 'sqlite'
          ? await catalogue.rows(`select name from pragma_table_xinfo('placed') order by cid`)
          : await catalogue.rows(
              `select column_name as name from information_schema.columns where table_name = 'placed'
                  and table_schema = ${dialect.name === 'postgres' ? 'current_schema()' : 'database()'}
                order by ordinal_position`,
            );
      return rows.map(({ name }) => String(name));
    };
    // there a column has no place but the last
    const placed = (place: readonly string[], last: readonly string[]): readonly string[] =>
      dialect.name === 'postgres' ? last : place;
    const type = { type: 'integer', nullable: true } as const;
    await apply(createTable('placed', { columns: { a: type, b: type, c: type } }));
    await apply(bulkInsert('placed', [{ a: 1, b: 2, c: 3 }]));
    await apply(addColumn('placed', 'x y', { ...type, after: 'a' }));
    await apply(addColumn('placed', 'z', { ...type, first: true }));
    expect(await columns()).toEqual(placed(['z', 'a', 'x y', 'b', 'c'], ['a', 'b', 'c', 'x y', 'z']));
    const drop = {
      ...dropColumn('placed', 'x y'),
      previous: { name: 'x y', ...type },
      previousPlace: { after: 'a' },
    };
    await apply(drop);
    for (const back of reverse(drop)) await apply(back);
    expect(await columns()).toEqual(placed(['z', 'a', 'x y', 'b', 'c'], ['a', 'b', 'c', 'z', 'x y']));
    expect(await catalogue.rows('select a, b, c from placed')).toEqual([{ a: 1, b: 2, c: 3 }]);
  });

  it('leaves alone what is there, or is not, where it is told to; MySQL has no words for that', async () => {
    await apply(createTable('conditional', { columns: { id: { type: 'integer', primary: true } } }));
    const type = { type: 'text', nullable: true } as const;
    const constraint = { check: 'c', foreignKey: 'f', unique: 'u' } as const;
    const operations = [
      addColumn('conditional', 'x', { ...type, ifNotExists: true }),
      addColumn('conditional', 'x', { type: 'integer', nullable: true, ifNotExists: true }),
      dropColumn('conditional', 'nope', { ifExists: true }),
      ...Object.entries(constraint).map(([kind, name]) =>
        dropConstraint('conditional', name, { type: kind as keyof typeof constraint, ifExists: true }),
      ),
      dropColumn('conditional', 'x', { ifExists: true }),
    ];
    for (const operation of operations) {
      if (engine === 'mysql') {
        await expect(apply(operation)).rejects.toThrow(
          /^(addColumn|dropColumn|dropConstraint) is not supported on mysql: what belongs to a table comes and goes/,
        );
      } else await apply(operation);
    }
    await apply(addColumn('conditional', 'y', type));
    await apply(createUniqueConstraint('conditional', 'id', { name: 'u' }));
    if (engine !== 'mysql') {
      await apply(dropConstraint('conditional', 'u', { type: 'unique', ifExists: true }));
      await apply(dropColumn('conditional', 'y', { ifExists: true }));
    }
    await apply(createUniqueConstraint('conditional', 'id', { name: 'u2' }));
  });

  it('stops where something else depends on what is dropped, and takes nothing along', async () => {
    await apply(createTable('leaned', { columns: { id: { type: 'integer', primary: true } } }));
    await apply(
      createTable('leaning', {
        columns: { leaned: { type: 'integer', nullable: true } },
        foreignKeys: [{ name: 'leans', columns: 'leaned', referencedTable: 'leaned', referencedColumns: 'id' }],
      }),
    );
    await apply(createView('lean', 'select id from leaned'));
    if (dialect.name === 'postgres') {
      await apply(createView('leaner', 'select id from lean'));
      await apply(createEnum('posture', ['up']));
      await apply(addColumn('leaning', 'how', { type: 'enum', nativeEnumName: 'posture', nullable: true }));
      const refused = [dropView('lean'), dropEnum('posture'), dropColumn('leaned', 'id'), dropSchema('Wei"rd.schema')];
      for (const operation of refused) await expect(apply(operation)).rejects.toThrow(/depend|not empty/);
      await apply(dropView('leaner'));
    }
    const before = await catalogue.snapshot();
    // there a run looks at its end for rows that are left without what they refer to
    if (dialect.name !== 'sqlite') await expect(apply(dropTable('leaned'))).rejects.toThrow();
    expect(await catalogue.snapshot()).toEqual(before);
    await apply(dropView('lean'));
    await apply(dropTable('leaning'));
    await apply(dropTable('leaned'));
  });

  it('inserts thousands of rows in several statements', async () => {
    await apply(createTable('many', { columns: { n: { type: 'integer' } } }));
    const operation = bulkInsert(
      'many',
      Array.from({ length: 1201 }, (_, n) => ({ n })),
    );
    expect(dialect.ddl.statements(operation)).toHaveLength(3);
    await apply(operation);
    const [row] = await catalogue.rows('select count(*) as n from many');
    expect(Number(row['n'])).toBe(1201);
  });

  it('fires the triggers and calls the routines that it created', async () => {
    const postgres = dialect.name === 'postgres';
    const sqlite = dialect.name === 'sqlite';
    await apply(
      createTable('watched', { columns: { id: { type: 'integer', primary: true }, n: { type: 'integer' } } }),
    );
    const trigger = createTrigger('watched', 'touch', {
      timing: sqlite ? 'after' : 'before',
      events: ['insert', 'update'],
      body: postgres
        ? 'new.n = new.n + 1; return new;'
        : sqlite
          ? 'update watched set n = n + 1 where id = new.id;'
          : 'set new.n = new.n + 1;',
    });
    await apply(trigger);
    await apply(bulkInsert('watched', [{ id: 1, n: 1 }]));
    await apply(execute('update watched set n = 10'));
    expect(await catalogue.rows('select n from watched')).toEqual([{ n: 11 }]);
    for (const back of reverse(trigger)) await apply(back);
    await apply(execute('update watched set n = 10'));
    expect(await catalogue.rows('select n from watched')).toEqual([{ n: 10 }]);
    if (!sqlite) expect(await catalogue.rows(`select ${dialect.sql.quote('one')}() as n`)).toEqual([{ n: 1 }]);
  });

  if (engine === 'mysql' || engine === 'mariadb') {
    it('makes a database where it is asked for a schema', async () => {
      const name = `${database.name}.of "its" own`;
      try {
        await apply(createSchema(name));
        await apply(createSchema(name));
        await apply(createTable('t', { schema: name, columns: { id: { type: 'integer', primary: true } } }));
        expect(await catalogue.rows(`select * from ${dialect.sql.quote(name, 't')}`)).toEqual([]);
        const move = renameTable('t', 'moved', { schema: name, toSchema: null });
        await apply(move);
        expect(await catalogue.rows('select * from moved')).toEqual([]);
        for (const back of reverse(move)) await apply(back);
        expect(await catalogue.rows(`select * from ${dialect.sql.quote(name, 't')}`)).toEqual([]);
      } finally {
        await catalogue.rows(`drop database if exists ${dialect.sql.quote(name)}`);
      }
    });
  }

  if (engine === 'postgres' || engine === 'pglite') {
    it('validates a constraint that was created without looking at the rows', async () => {
      await apply(createTable('checked', { columns: { n: { type: 'integer' } } }));
      await apply(bulkInsert('checked', [{ n: -1 }]));
      await apply(createCheckConstraint('checked', 'n > 0', { name: 'checked_n', notValid: true }));
      const validated = `select convalidated as done from pg_constraint where conname = 'checked_n'`;
      expect(await catalogue.rows(validated)).toEqual([{ done: false }]);
      await apply(execute('update checked set n = 1'));
      await apply(validateConstraint('checked', 'checked_n'));
      expect(await catalogue.rows(validated)).toEqual([{ done: true }]);
    });

    it('fills a materialized view, and computes it anew', async () => {
      await apply(createTable('sale', { columns: { n: { type: 'integer' } } }));
      await apply(createMaterializedView('total', 'select count(*)::int as n from sale'));
      await apply(createIndex('total', ['n'], { name: 'total_n', unique: true }));
      await apply(bulkInsert('sale', [{ n: 1 }]));
      expect(await catalogue.rows('select n from total')).toEqual([{ n: 0 }]);
      await apply(refreshMaterializedView('total', { concurrently: true }));
      expect(await catalogue.rows('select n from total')).toEqual([{ n: 1 }]);
    });

    it('adds values to an enum where they belong, and rebuilds it for what cannot be added', async () => {
      const schema = 'Wei"rd.schema';
      const columns = [
        { schema, table: 'feelings', column: 'one', defaultRaw: `'a'` },
        { schema, table: 'feelings', column: 'many', array: true, defaultRaw: `'{a}'` },
      ];
      await apply(createEnum('feel.ing', ['a', 'b'], { schema }));
      await apply(
        createTable('feelings', {
          schema,
          columns: { id: { type: 'integer', primary: true } },
        }),
      );
      const type = dialect.sql.quote(schema, 'feel.ing');
      const feelings = dialect.sql.quote(schema, 'feelings');
      await apply(execute(`alter table ${feelings} add one ${type} default 'a', add many ${type}[] default '{a}'`));
      await apply(execute(`insert into ${feelings} (id, one, many) values (1, 'b', '{a,b}')`));
      const before = await catalogue.snapshot();
      const added = alterEnum('feel.ing', ['0', 'a', text, 'b', 'z'], { schema, existing: ['a', 'b'], columns });
      await apply(added);
      const labels = `select e.enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid where t.typname = 'feel.ing' order by enumsortorder`;
      expect((await catalogue.rows(labels)).map((row) => row['enumlabel'])).toEqual(added.items);
      for (const back of reverse(added)) await apply(back);
      expect(await catalogue.snapshot()).toEqual(before);
      expect(await catalogue.rows(`select one::text, many::text from ${feelings}`)).toEqual([
        { one: 'b', many: '{a,b}' },
      ]);
    });

    it('renames values of an enum, which rows and defaults follow, and adds or removes others beside', async () => {
      const columns = [{ table: 'tempers', column: 'one', defaultRaw: `'it''s'::temper` }];
      await apply(createEnum('temper', ["it's", 'b', 'c']));
      await apply(createTable('tempers', { columns: { id: { type: 'integer', primary: true } } }));
      await apply(execute(`alter table tempers add one temper default 'it''s'`));
      await apply(execute(`insert into tempers (id, one) values (1, default), (2, 'b')`));
      const before = await catalogue.snapshot();
      const held = async (): Promise<readonly unknown[]> =>
        (await catalogue.rows('select one::text from tempers order by id')).map(({ one: value }) => value);
      for (const [items, values] of [
        [
          ['b', text, 'c'],
          ['b', text],
        ],
        [
          ['b', text, 'c', 'z'],
          ['b', text],
        ],
        [
          [text, 'b'],
          ['b', text],
        ],
      ] as const) {
        const renames = [
          { from: 'b', to: text },
          { from: "it's", to: 'b' },
        ];
        const altered = alterEnum('temper', items, { existing: ["it's", 'b', 'c'], renames, columns });
        await apply(altered);
        expect(await held()).toEqual(values);
        await apply(execute('insert into tempers (id) values (3)'));
        expect((await held()).at(-1)).toBe('b');
        await apply(execute('delete from tempers where id = 3'));
        for (const back of reverse(altered)) await apply(back);
        expect(await held()).toEqual(["it's", 'b']);
        expect(await catalogue.snapshot()).toEqual(before);
      }
    });

    it('takes away what depends on a column, and brings it back', async () => {
      await apply(createTable('depended_on', { columns: { id: { type: 'integer', primary: true } } }));
      await apply(createView('dependent', 'select id from depended_on'));
      const before = await catalogue.snapshot();
      await apply(execute('begin'));
      await apply(dropDependents({ columns: [{ table: 'depended_on', column: 'id' }] }));
      expect(await catalogue.snapshot()).not.toEqual(before);
      await apply(restoreDependents());
      await apply(execute('commit'));
      expect(await catalogue.snapshot()).toEqual(before);
    });

    it('gives a view that is created again what it had beside its query', async () => {
      const wanted = { tables: [{ name: 'remarked' }] };
      await apply(createView('remarked', 'select 1 as id'));
      await apply(execute("comment on view remarked is 'kept'"));
      const before = await catalogue.snapshot();
      await apply(execute('begin'));
      await apply(keepAttributes(wanted));
      await apply(dropView('remarked'));
      await apply(createView('remarked', 'select 1 as id'));
      await apply(restoreAttributes(wanted));
      await apply(execute('commit'));
      expect(await catalogue.snapshot()).toEqual(before);
      expect(await catalogue.rows("select obj_description('remarked'::regclass) as text")).toEqual([{ text: 'kept' }]);
    });

    it('gives a column a sequence that counts on', async () => {
      await apply(
        createTable('counted', { columns: { id: { type: 'integer', primary: true }, x: { type: 'integer' } } }),
      );
      await apply(bulkInsert('counted', [{ id: 41, x: 1 }]));
      await apply(alterColumn('counted', 'id', { autoincrement: true }, { existing: { type: 'integer' } }));
      await apply(execute('insert into counted (x) values (2)'));
      expect(await catalogue.rows('select max(id) as id from counted')).toEqual([{ id: 42 }]);
    });
  }

  it('tells of every kind that the engine has whether it took effect', () => {
    // of enums, materialized views, row-level security and constraints that are not valid only PostgreSQL has an idea
    const postgresOnly =
      /Enum$|Dependents$|Attributes$|MaterializedView$|Partition$|Policy$|Security$|yncColumns$|^validateConstraint$/;
    const absent = {
      postgres: /^$/,
      // a database with all that is in it
      mysql: /^dropSchema$|Sequence$/,
      mariadb: /^dropSchema$/,
      sqlite: /Schema$|Routine$|Sequence$|^alterTableComment$/,
    }[dialect.name];
    const missing = (kind: string): boolean =>
      absent.test(kind) || (dialect.name !== 'postgres' && postgresOnly.test(kind));
    expect([...seen].sort()).toEqual([...ownDefinitions.keys()].filter((kind) => !missing(kind)).sort());
  });
});
