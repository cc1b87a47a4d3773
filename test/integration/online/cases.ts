/** For each kind of operations a change of tables with rows, or the reason why it is written in one way only. */
import { type Operation, type OperationOf } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const op = builders;

/** What a revision does to the tables of {@link tables}. */
export interface OnlineCase {
  readonly name: string;
  /** What comes before, beside the tables. */
  readonly before?: readonly Operation[];
  readonly operations: readonly Operation[];
  /** Whether its plain form makes requests wait while rows are read. */
  readonly scans?: true;
  /** Why requests wait all the same; it stands above the operation. */
  readonly waits?: RegExp;
}

/** Tables of an application, with rows. */
export const tables: readonly Operation[] = [
  op.createTable('author', {
    columns: { id: { type: 'integer' }, name: { type: 'string', length: 100 } },
    primaryKey: { name: 'author_pkey', columns: ['id'] },
  }),
  op.createTable('book', {
    columns: {
      id: { type: 'integer' },
      code: { type: 'integer', nullable: true },
      title: { type: 'string', length: 100, nullable: true },
      authorId: { type: 'integer', nullable: true },
      editorId: { type: 'integer', nullable: true },
    },
    uniques: [{ name: 'book_code', columns: ['code'] }],
    checks: [{ name: 'book_code_check', expression: '"code" > 0' }],
    indexes: [{ name: 'book_title', columns: ['title'] }],
  }),
  op.createTable('note', {
    columns: { id: { type: 'integer', primary: true }, authorId: { type: 'integer' } },
    foreignKeys: [{ name: 'note_author', columns: 'authorId', referencedTable: 'author', referencedColumns: 'id' }],
  }),
  op.createTable('event', {
    columns: {
      day: { type: 'integer' },
      kind: { type: 'integer', nullable: true },
      authorId: { type: 'integer', nullable: true },
    },
    partitionBy: 'range (day)',
  }),
  op.createPartition('event', 'event_1', 'for values from (0) to (100)'),
  op.createPartition('event', 'event_2', 'for values from (100) to (200)'),
  op.bulkInsert('author', [{ id: 1, name: 'a' }]),
  op.bulkInsert('book', [
    { id: 1, code: 1, title: 'a', authorId: 1, editorId: null },
    { id: 2, code: 2, title: 'b', authorId: 1, editorId: 1 },
  ]),
  op.bulkInsert('note', [{ id: 1, authorId: 1 }]),
  op.bulkInsert('event', [
    { day: 1, kind: 1, authorId: 1 },
    { day: 101, kind: 2, authorId: null },
  ]),
];

const required = (table: string, column: string): Operation =>
  op.alterColumn(table, column, { nullable: false }, { existing: { type: 'integer', nullable: true } });
const toAuthor = (table: string, column = 'authorId'): Operation =>
  op.createForeignKey(table, column, 'author', 'id', { name: `${table}_${column}_fk`, deleteRule: 'set null' });

/** A table that is no partition yet. */
const loose = [
  op.execute('create table event_3 (like event)'),
  op.execute('insert into event_3 values (201), (202)'),
] as const;

/** A column with everything on it that can be there again by a verb. */
const onPages = [
  op.addColumn('author', 'pages', { type: 'integer', default: 1, comment: 'c' }),
  op.addColumn('author', 'date', { columnType: 'timestamp', nullable: true }),
  op.createIndex('author', ['pages', { name: 'name', sort: 'desc' }], { name: 'author_pages' }),
  op.createIndex('author', ['name'], { name: 'author_long', where: 'pages > 100', include: ['pages'] }),
  op.execute(
    `create index author_twice on author using btree (((pages)::bigint * 2), ((date)::date)) with (fillfactor = 70)`,
  ),
  op.execute(`comment on index author_pages is 'an index'`),
  op.createUniqueConstraint('author', ['pages'], { name: 'author_pages_unique', deferMode: 'deferred' }),
  op.createUniqueConstraint('author', ['name', 'pages'], { name: 'author_name_pages' }),
  op.createCheckConstraint('author', 'pages > 0', { name: 'author_pages_check' }),
  op.execute(`comment on constraint author_pages_check on author is 'a check'`),
  op.createForeignKey('author', 'pages', 'author', 'id', { name: 'author_pages_author', deferMode: 'deferred' }),
  op.addColumn('note', 'pages', { type: 'integer', nullable: true }),
  op.createForeignKey('note', ['pages'], 'author', ['id'], { name: 'note_pages', deleteRule: 'cascade' }),
  op.execute('create statistics author_statistics on pages, name from author'),
  op.execute('alter table author alter column pages set statistics 300'),
  op.createTrigger('author', 'counted', {
    timing: 'before',
    events: 'update',
    when: 'new.pages > 5',
    body: 'return new;',
  }),
  op.createPolicy('author', 'short', { using: 'pages < 10' }),
  op.createView('pages', 'select pages from author'),
] as const;

/** Columns of an enum type, and what reads them. */
const moods = [
  op.createEnum('mood', ['happy', 'sad', 'angry']),
  op.addColumn('author', 'mood', {
    type: 'enum',
    nativeEnumName: 'mood',
    defaultRaw: `'happy'::mood`,
    comment: 'a mood',
  }),
  op.addColumn('author', 'moods', { columnType: 'mood[]', nullable: true }),
  op.addColumn('note', 'mood', { type: 'enum', nativeEnumName: 'mood', nullable: true }),
  op.createIndex('author', ['mood', 'name'], { name: 'author_mood' }),
  op.createIndex('author', ['name'], { name: 'author_happy', where: `mood = 'happy'::mood` }),
  op.createCheckConstraint('author', `mood <> 'sad'::mood`, { name: 'author_mood_check' }),
  op.createView('moods', `select id, mood from author where mood = 'happy'::mood`),
] as const;
const moodColumns = [
  { table: 'author', column: 'mood' },
  { table: 'author', column: 'moods' },
  { table: 'note', column: 'mood' },
];
const changingMoods = { columns: moodColumns, types: [{ name: 'mood' }] };
const withMoods = (existing: readonly string[]) => ({
  existing,
  columns: [
    { table: 'author', column: 'mood', defaultRaw: `'happy'::mood` },
    { table: 'author', column: 'moods', array: true },
    { table: 'note', column: 'mood' },
  ],
});

/** What PostgreSQL adapts to another type itself, as `db migrate` lists it. */
const namesOnPages = ['author_pages', 'author_long', 'author_twice', 'author_pages_check'];

/** What keeps a column from being moved to another one. */
const unmovable: Readonly<Record<string, { readonly before: readonly Operation[]; readonly why: string }>> = {
  'another column is computed of it': {
    before: [op.addColumn('author', 'twice', { type: 'integer', generated: '(pages * 2) stored' })],
    why: 'the computed column twice uses it',
  },
  'a stored view reads it': {
    before: [op.createMaterializedView('pages', 'select pages from author')],
    why: 'the materialized view pages uses it',
  },
  'a trigger writes it later': {
    before: [
      op.createTrigger('author', 'zzz', { timing: 'before', events: 'update', body: 'new.pages = 1; return new;' }),
    ],
    why: 'trigger zzz would write into it after its copy',
  },
  'a check of it is not valid': {
    before: [op.createCheckConstraint('author', 'pages > 0', { name: 'author_pages_check', notValid: true })],
    why: 'constraint author_pages_check is not valid',
  },
  'a constraint of it excludes': {
    before: [op.createCheckConstraint('author', 'exclude using btree (pages with =)', { name: 'author_exclude' })],
    why: 'constraint author_exclude uses it',
  },
  'its new name is taken': {
    before: [op.addColumn('author', 'pages_new', { type: 'integer', nullable: true })],
    why: 'the table has a column pages_new',
  },
};

export const cases: { readonly [K in Operation['kind']]: readonly OnlineCase[] | string } = {
  createTable: 'no request uses a new table',
  dropTable: [
    {
      name: 'a table with foreign keys',
      operations: [
        {
          ...(op.dropTable('note') as OperationOf<'dropTable'>),
          previous: tables[2] as OperationOf<'createTable'>,
        },
      ],
    },
  ],
  renameTable: [
    {
      name: 'before an index',
      operations: [op.renameTable('book', 'work'), op.createIndex('work', ['code'], { name: 'work_code' })],
    },
    {
      name: 'with partitions before an index',
      operations: [
        op.renameTable('event', 'occurrence'),
        op.createIndex('occurrence', ['kind'], { name: 'occurrence_kind' }),
      ],
    },
  ],
  alterTableComment: 'it changes the catalogue alone',
  addColumn: [
    { name: 'with a constant', operations: [op.addColumn('book', 'pages', { type: 'integer', default: 1 })] },
    {
      name: 'with a value of the transaction',
      operations: [op.addColumn('book', 'since', { type: 'datetime', defaultRaw: 'now()' })],
    },
    {
      name: 'with items',
      scans: true,
      operations: [op.addColumn('book', 'state', { type: 'enum', items: ['a', 'b'], default: 'a' })],
    },
    {
      name: 'with another value in each row',
      scans: true,
      operations: [op.addColumn('author', 'token', { type: 'uuid', defaultRaw: 'gen_random_uuid()' })],
    },
    {
      name: 'with another value in each row, or null',
      scans: true,
      operations: [op.addColumn('author', 'token', { type: 'uuid', defaultRaw: 'gen_random_uuid()', nullable: true })],
    },
    {
      name: 'with another value in each row, without a key',
      operations: [op.addColumn('book', 'token', { type: 'uuid', defaultRaw: 'gen_random_uuid()' })],
      waits: /since each row gets another value, and without a primary key they cannot be filled in batches/,
    },
    {
      name: 'that counts',
      operations: [op.addColumn('book', 'number', { type: 'integer', autoincrement: true })],
      waits: /requests on book wait while the table is written again, since each row gets a number/,
    },
    {
      name: 'that is computed',
      operations: [op.addColumn('book', 'twice', { type: 'integer', generated: '(code * 2) stored' })],
      waits: /since each row is computed/,
    },
  ],
  dropColumn: 'it changes the catalogue alone',
  alterColumn: [
    { name: 'to required', scans: true, operations: [required('book', 'code')] },
    { name: 'to required, of a table with partitions', scans: true, operations: [required('event', 'kind')] },
    {
      name: 'to required with a default',
      scans: true,
      operations: [
        op.alterColumn(
          'book',
          'code',
          { nullable: false, default: 1 },
          { existing: { type: 'integer', nullable: true } },
        ),
      ],
    },
    {
      name: 'to optional',
      operations: [op.alterColumn('book', 'id', { nullable: true }, { existing: { type: 'integer' } })],
    },
    {
      name: 'to a longer text',
      operations: [
        op.alterColumn('book', 'title', { length: 200 }, { existing: { type: 'string', length: 100, nullable: true } }),
      ],
    },
    {
      name: 'to items',
      scans: true,
      operations: [
        op.alterColumn(
          'book',
          'title',
          { items: ['a', 'b', 'c'] },
          { existing: { type: 'enum', items: ['a', 'b'], nullable: true } },
        ),
      ],
      before: [
        op.alterColumn(
          'book',
          'title',
          { type: 'enum', items: ['a', 'b'] },
          { existing: { type: 'string', length: 100, nullable: true } },
        ),
      ],
    },
    {
      name: 'to another type',
      operations: [
        op.alterColumn('book', 'code', { type: 'bigint' }, { existing: { type: 'integer', nullable: true } }),
      ],
      waits: /requests on book wait while the type of code changes.* without a primary key cannot be filled in batches/,
    },
    {
      name: 'to another type, with all that hangs on it',
      scans: true,
      before: onPages,
      operations: [
        op.dropDependents({ columns: [{ table: 'author', column: 'pages' }], except: namesOnPages }),
        op.alterColumn(
          'author',
          'pages',
          { type: 'bigint' },
          { existing: { type: 'integer', default: 1, comment: 'c' } },
        ),
        op.restoreDependents({ columns: [{ table: 'author', column: 'pages' }], except: namesOnPages }),
      ],
    },
    {
      name: 'to another type that takes nulls no more, and has another default',
      scans: true,
      before: [op.addColumn('author', 'pages', { type: 'string', length: 10, nullable: true })],
      operations: [
        op.alterColumn(
          'author',
          'pages',
          { type: 'integer', nullable: false, default: 7, using: `coalesce(nullif("pages", ''), '0')::int` },
          { existing: { type: 'string', length: 10, nullable: true } },
        ),
      ],
    },
    {
      name: 'to another type, of a key that others refer to',
      scans: true,
      operations: [op.alterColumn('author', 'id', { type: 'bigint' }, { existing: { type: 'integer' } })],
    },
    ...(['serial', 'always', 'by default'] as const).map((kind): OnlineCase => {
      const counted =
        kind === 'serial'
          ? { type: 'integer' as const, autoincrement: true }
          : { type: 'integer' as const, generated: kind === 'always' ? 'identity' : 'by default as identity' };
      return {
        name: `to another type, of a key that counts (${kind})`,
        scans: true,
        before: [
          op.createTable('fresh', {
            columns: { id: { ...counted, primary: true }, name: { type: 'text', nullable: true } },
          }),
          op.execute(`insert into fresh (name) select 'a' from generate_series(1, 5000)`),
          op.execute('delete from fresh where id > 3000'),
          // so that the greatest number is read from the index, as of a large table
          op.execute('analyze fresh'),
        ],
        operations: [op.alterColumn('fresh', 'id', { type: 'bigint' }, { existing: counted })],
      };
    }),
    {
      name: 'to another type, while a view reads it',
      scans: true,
      before: [
        op.addColumn('author', 'pages', { type: 'integer', nullable: true }),
        op.createView('long', 'select id, pages from author where pages > 100'),
      ],
      operations: [
        op.dropDependents({ columns: [{ table: 'author', column: 'pages' }] }),
        op.alterColumn('author', 'pages', { type: 'bigint' }, { existing: { type: 'integer', nullable: true } }),
        op.restoreDependents({ columns: [{ table: 'author', column: 'pages' }] }),
      ],
    },
    {
      name: 'of two columns to another type, one of which is in an index of the other',
      before: [
        op.addColumn('author', 'pages', { type: 'integer', default: 1 }),
        op.createIndex('author', ['id', 'pages'], { name: 'author_both' }),
      ],
      operations: [
        op.alterColumn('author', 'id', { type: 'bigint' }, { existing: { type: 'integer' } }),
        op.alterColumn('author', 'pages', { type: 'bigint' }, { existing: { type: 'integer', default: 1 } }),
      ],
      waits: /requests on author wait while the type of pages changes.* another column that moves/,
    },
    ...Object.entries(unmovable).map(([name, { before, why }]): OnlineCase => ({
      name: `to another type, where ${name}`,
      before: [op.addColumn('author', 'pages', { type: 'integer', default: 1 }), ...before],
      operations: [
        op.dropDependents({ columns: [{ table: 'author', column: 'pages' }], except: ['author_pages_check'] }),
        op.alterColumn('author', 'pages', { type: 'bigint' }, { existing: { type: 'integer', default: 1 } }),
        op.restoreDependents({ columns: [{ table: 'author', column: 'pages' }], except: ['author_pages_check'] }),
      ],
      waits: new RegExp(`requests on author wait while the type of pages changes.*, since ${why}`),
    })),
  ],
  renameColumn: 'it changes the catalogue alone',
  createIndex: [
    {
      name: 'of columns',
      scans: true,
      operations: [op.createIndex('book', ['code', { name: 'title', sort: 'desc' }], { name: 'book_both' })],
    },
    {
      name: 'that is unique, with a condition',
      scans: true,
      operations: [op.createIndex('book', ['id'], { name: 'book_id', unique: true, where: 'id > 0' })],
    },
    {
      name: 'by an expression',
      scans: true,
      operations: [op.createIndex('book', [], { name: 'book_lower', expression: 'lower(title)' })],
    },
    {
      name: 'by a statement',
      scans: true,
      operations: [
        op.createIndex('book', [], { name: 'book_raw', expression: 'create index "book_raw" on "book" (code)' }),
      ],
    },
    {
      name: 'of a table with partitions',
      scans: true,
      operations: [op.createIndex('event', ['kind'], { name: 'event_by_kind' })],
    },
    {
      name: 'of a new table',
      operations: [
        op.createTable('fresh', { columns: { id: { type: 'integer' } } }),
        op.createIndex('fresh', ['id'], { name: 'fresh_id' }),
      ],
    },
    {
      name: 'by an expression, of a table with partitions',
      scans: true,
      operations: [op.createIndex('event', [], { name: 'event_twice', expression: '(kind * 2)' })],
      waits: /requests on event wait while all of its partitions are read/,
    },
  ],
  dropIndex: [
    { name: 'alone', operations: [op.dropIndex('book', 'book_title')] },
    {
      name: 'in the place of which another comes',
      scans: true,
      operations: [
        op.dropIndex('book', 'book_title'),
        op.createIndex('book', ['title', 'code'], { name: 'book_title' }),
      ],
    },
    {
      name: 'of a table with partitions',
      before: [op.createIndex('event', ['kind'], { name: 'event_by_kind' })],
      operations: [op.dropIndex('event', 'event_by_kind')],
    },
  ],
  renameIndex: 'it changes the catalogue alone',
  createPrimaryKey: [
    { name: 'of columns', scans: true, operations: [op.createPrimaryKey('book', ['id'], { name: 'book_pkey' })] },
    {
      name: 'of a column that may be null',
      scans: true,
      operations: [op.createPrimaryKey('book', ['id', 'code'], { name: 'book_pkey' })],
    },
    {
      name: 'of a table with partitions',
      scans: true,
      operations: [op.createPrimaryKey('event', ['day'], { name: 'event_pkey' })],
    },
    {
      name: 'in the place of another',
      scans: true,
      operations: [
        op.dropConstraint('author', 'author_pkey', { type: 'primaryKey' }),
        op.createPrimaryKey('author', ['id', 'name'], { name: 'author_pkey' }),
      ],
      before: [op.dropTable('note')],
    },
  ],
  createForeignKey: [
    { name: 'to a table', scans: true, operations: [toAuthor('book')] },
    { name: 'two of one table', scans: true, operations: [toAuthor('book'), toAuthor('book', 'editorId')] },
    { name: 'of a table with partitions', scans: true, operations: [toAuthor('event')] },
    {
      name: 'to a table with partitions',
      scans: true,
      before: [
        op.createPrimaryKey('event', ['day'], { name: 'event_pkey' }),
        op.execute('update book set id = id * 100 - 99'),
      ],
      operations: [op.createForeignKey('book', 'id', 'event', 'day', { name: 'book_event_fk' })],
    },
    {
      name: 'of a new table',
      operations: [op.createTable('fresh', { columns: { authorId: { type: 'integer' } } }), toAuthor('fresh')],
    },
  ],
  createUniqueConstraint: [
    {
      name: 'of columns',
      scans: true,
      operations: [op.createUniqueConstraint('book', ['title'], { name: 'book_title_unique' })],
    },
    {
      name: 'that is deferred',
      scans: true,
      operations: [op.createUniqueConstraint('book', ['title'], { name: 'book_title_unique', deferMode: 'deferred' })],
    },
    {
      name: 'of a table with partitions',
      scans: true,
      operations: [op.createUniqueConstraint('event', ['day', 'kind'], { name: 'event_unique' })],
    },
  ],
  createCheckConstraint: [
    {
      name: 'of a table',
      scans: true,
      operations: [op.createCheckConstraint('book', 'id > 0', { name: 'book_id_check' })],
    },
    {
      name: 'of a table with partitions',
      scans: true,
      operations: [op.createCheckConstraint('event', 'kind > 0', { name: 'event_kind_check' })],
    },
    {
      name: 'that excludes',
      scans: true,
      operations: [op.createCheckConstraint('book', 'exclude using btree (title with =)', { name: 'book_exclude' })],
      waits: /requests on book wait while its index is built/,
    },
  ],
  dropConstraint: [
    { name: 'a foreign key', operations: [op.dropConstraint('note', 'note_author', { type: 'foreignKey' })] },
    {
      name: 'a unique constraint, in the place of which another comes',
      scans: true,
      operations: [
        op.dropConstraint('book', 'book_code', { type: 'unique' }),
        op.createUniqueConstraint('book', ['code', 'title'], { name: 'book_code' }),
      ],
    },
    {
      name: 'a check, in the place of which another comes',
      scans: true,
      operations: [
        op.dropConstraint('book', 'book_code_check', { type: 'check' }),
        op.createCheckConstraint('book', '"code" > -1', { name: 'book_code_check' }),
      ],
    },
  ],
  validateConstraint: 'it reads the rows while others write',
  createSchema: 'it changes the catalogue alone',
  dropSchema: 'it changes the catalogue alone',
  createEnum: 'it changes the catalogue alone',
  dropEnum: 'it changes the catalogue alone',
  alterEnum: [
    {
      name: 'with a value more',
      before: moods,
      operations: [
        op.dropDependents(changingMoods),
        op.alterEnum('mood', ['happy', 'sad', 'angry', 'calm'], withMoods(['happy', 'sad', 'angry'])),
        op.restoreDependents(changingMoods),
      ],
    },
    {
      name: 'with a value less',
      scans: true,
      before: moods,
      operations: [
        op.dropDependents(changingMoods),
        op.alterEnum('mood', ['happy', 'sad'], withMoods(['happy', 'sad', 'angry'])),
        op.restoreDependents(changingMoods),
      ],
    },
    {
      name: 'with a value less, in a table without a key',
      before: [
        op.createEnum('mood', ['happy', 'sad', 'angry']),
        op.addColumn('book', 'mood', { type: 'enum', nativeEnumName: 'mood', nullable: true }),
      ],
      operations: [
        op.alterEnum('mood', ['happy', 'sad'], {
          existing: ['happy', 'sad', 'angry'],
          columns: [{ table: 'book', column: 'mood' }],
        }),
      ],
      waits: /requests on book wait while the type of the columns is written again/,
    },
  ],
  createSequence: 'it changes the catalogue alone',
  alterSequence: 'it changes the catalogue alone',
  dropSequence: 'it changes the catalogue alone',
  renameSequence: 'it changes the catalogue alone',
  createView: 'it changes the catalogue alone',
  dropView: 'it changes the catalogue alone',
  createMaterializedView: 'no request uses a new view',
  dropMaterializedView: 'it changes the catalogue alone',
  refreshMaterializedView: 'a revision says itself how it is done',
  createTrigger: 'it changes the catalogue alone',
  dropTrigger: 'it changes the catalogue alone',
  createPartition: 'no request uses a new partition',
  dropPartition: [
    {
      name: 'of a table',
      operations: [{ ...op.dropPartition('event', 'event_1'), previous: 'for values from (0) to (100)' }],
    },
  ],
  attachPartition: [
    {
      name: 'of a table',
      scans: true,
      before: loose,
      operations: [op.attachPartition('event', 'event_3', 'for values from (200) to (300)')],
    },
    {
      name: 'beside a default partition',
      scans: true,
      before: [
        ...loose,
        op.createPartition('event', 'event_rest', 'default'),
        op.execute('insert into event values (900)'),
      ],
      operations: [op.attachPartition('event', 'event_3', 'for values from (200) to (300)')],
    },
    {
      name: 'by hash',
      before: [
        op.execute('create table lot (id integer not null) partition by hash (id)'),
        op.execute('create table lot_1 (like lot)'),
        op.execute('insert into lot_1 values (1), (2)'),
        op.execute(`delete from lot_1 where not satisfies_hash_partition('lot'::regclass, 2, 0, id)`),
      ],
      operations: [op.attachPartition('lot', 'lot_1', 'for values with (modulus 2, remainder 0)')],
      waits: /requests on lot_1 wait while the rows are read/,
    },
    {
      name: 'of a new table',
      operations: [
        op.createTable('fresh', { columns: { day: { type: 'integer' } }, partitionBy: 'range (day)' }),
        op.execute('create table fresh_1 (like fresh)'),
        op.attachPartition('fresh', 'fresh_1', 'for values from (0) to (1)'),
      ],
    },
  ],
  detachPartition: [
    {
      name: 'of a table',
      operations: [{ ...op.detachPartition('event', 'event_1'), previous: 'for values from (0) to (100)' }],
    },
    {
      name: 'beside a default partition',
      before: [op.createPartition('event', 'event_rest', 'default')],
      operations: [{ ...op.detachPartition('event', 'event_1'), previous: 'for values from (0) to (100)' }],
    },
  ],
  alterRowLevelSecurity: 'it changes the catalogue alone',
  syncColumns: 'it changes the catalogue alone',
  unsyncColumns: 'it changes the catalogue alone',
  createPolicy: 'it changes the catalogue alone',
  dropPolicy: 'it changes the catalogue alone',
  createRoutine: 'it changes the catalogue alone',
  dropRoutine: 'it changes the catalogue alone',
  dropDependents: [
    {
      name: 'around a new type, with an index behind it',
      before: [op.createView('titles', 'select title from book')],
      operations: [
        op.dropDependents({ columns: [{ table: 'book', column: 'title' }] }),
        op.alterColumn('book', 'title', { length: 200 }, { existing: { type: 'string', length: 100, nullable: true } }),
        op.createIndex('book', ['code'], { name: 'book_by_code' }),
        op.restoreDependents({ columns: [{ table: 'book', column: 'title' }] }),
      ],
    },
  ],
  restoreDependents: 'it is the second half of dropDependents',
  keepAttributes: 'the sequences stand around what it keeps, as around dropDependents',
  restoreAttributes: 'it is the second half of keepAttributes',
  execute: 'the library does not interpret it',
  bulkInsert: 'it locks no row that is there',
};

/** Every case with its name. */
export const namedCases: readonly (readonly [string, OnlineCase])[] = Object.entries(cases).flatMap(([kind, list]) =>
  typeof list === 'string' ? [] : list.map((one) => [`${kind} ${one.name}`, one] as const),
);
