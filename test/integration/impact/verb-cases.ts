/**
 * What is measured, for every verb of `op`: at least one case of each kind of operation, on tables of its own. The names of
 * a case's objects begin with its prefix, so that all cases share a database.
 */
import { builders } from '../../../libs/nest-migrate/src/operations/all.ts';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.ts';
import { allEngines, type Engine } from '../../support/engines.ts';

const op = builders;

/** The case of a verb. */
export interface VerbCase {
  readonly name: string;
  /** Default: all. */
  readonly engines?: readonly Engine[];
  /** What has to be there beside the tables. */
  readonly before?: readonly Operation[];
  /** The operations whose statements are measured. */
  readonly run: readonly Operation[];
  /** Whether PostgreSQL refuses it in a transaction. */
  readonly outside?: boolean;
}

/** A case with its place in the list. */
export interface NumberedCase extends VerbCase {
  readonly kind: Operation['kind'];
  /** The names of its objects begin so. */
  readonly prefix: string;
}

type Name = (name: string) => string;
type Cases = (n: Name) => readonly VerbCase[];

const postgres: readonly Engine[] = ['postgres', 'pglite'];
const servers: readonly Engine[] = ['postgres', 'pglite', 'mysql', 'mariadb'];
const mysqlLike: readonly Engine[] = ['mysql', 'mariadb'];
const sequences: readonly Engine[] = ['postgres', 'pglite', 'mariadb'];

/** The tables of every case. */
export function baseOperations(n: Name): readonly Operation[] {
  return [
    op.createTable(n('author'), {
      columns: {
        id: { type: 'integer' },
        name: { type: 'string', length: 100 },
        rank: { type: 'integer', nullable: true },
      },
      primaryKey: { name: n('author_pk'), columns: ['id'] },
    }),
    op.createTable(n('book'), {
      columns: {
        id: { type: 'integer' },
        author_id: { type: 'integer', nullable: true },
        title: { type: 'string', length: 100 },
        pages: { type: 'integer', nullable: true },
        isbn: { type: 'integer', nullable: true },
        note: { type: 'string', length: 20, nullable: true },
        price: { type: 'integer', default: 1 },
        written: { type: 'integer', nullable: true },
      },
      primaryKey: { name: n('book_pk'), columns: ['id'] },
      uniques: [{ name: n('book_isbn'), columns: ['isbn'] }],
      indexes: [{ name: n('book_title'), columns: ['title'] }],
      checks: [{ name: n('book_pages'), expression: 'pages > 0' }],
      foreignKeys: [
        {
          name: n('book_author'),
          columns: 'author_id',
          referencedTable: n('author'),
          referencedColumns: 'id',
        },
      ],
    }),
    op.createTable(n('log'), { columns: { id: { type: 'integer' }, author_id: { type: 'integer', nullable: true } } }),
  ];
}

export const verbCases: { readonly [K in Operation['kind']]: Cases } = {
  createTable: (n) => [
    { name: 'a table', run: [op.createTable(n('shop'), { columns: { id: { type: 'integer' } } })] },
    {
      name: 'a table with a foreign key',
      run: [
        op.createTable(n('shop'), {
          columns: { id: { type: 'integer' }, author_id: { type: 'integer' } },
          foreignKeys: [
            { name: n('shop_fk'), columns: 'author_id', referencedTable: n('author'), referencedColumns: 'id' },
          ],
        }),
      ],
    },
  ],
  dropTable: (n) => [{ name: 'a table with a foreign key', run: [op.dropTable(n('book'))] }],
  renameTable: (n) => [{ name: 'a table', run: [op.renameTable(n('book'), n('volume'))] }],
  alterTableComment: (n) => [{ name: 'a comment', engines: servers, run: [op.createTableComment(n('book'), 'x')] }],
  addColumn: (n) => [
    { name: 'nullable', run: [op.addColumn(n('book'), 'a', { type: 'integer', nullable: true })] },
    { name: 'with a constant default', run: [op.addColumn(n('book'), 'a', { type: 'integer', default: 5 })] },
    {
      name: 'with a volatile default',
      engines: postgres,
      run: [op.addColumn(n('book'), 'a', { type: 'double', defaultRaw: 'random()' })],
    },
    {
      name: 'with a volatile default',
      engines: ['mariadb'],
      run: [op.addColumn(n('book'), 'a', { type: 'double', defaultRaw: 'rand()' })],
    },
    {
      name: 'computed and stored',
      run: [op.addColumn(n('book'), 'a', { type: 'integer', nullable: true, generated: '(pages + 1) stored' })],
    },
    {
      name: 'computed when read',
      engines: [...mysqlLike, 'sqlite'],
      run: [op.addColumn(n('book'), 'a', { type: 'integer', nullable: true, generated: '(pages + 1) virtual' })],
    },
  ],
  dropColumn: (n) => [{ name: 'a column', run: [op.dropColumn(n('book'), 'written')] }],
  alterColumn: (n) => [
    {
      name: 'integer to bigint',
      run: [op.alterColumn(n('book'), 'pages', { type: 'bigint' }, { existing: { type: 'integer', nullable: true } })],
    },
    {
      name: 'a longer text',
      run: [
        op.alterColumn(n('book'), 'note', { length: 60 }, { existing: { type: 'string', length: 20, nullable: true } }),
      ],
    },
    {
      name: 'a longer text over 255 bytes',
      run: [
        op.alterColumn(
          n('book'),
          'note',
          { length: 100 },
          { existing: { type: 'string', length: 20, nullable: true } },
        ),
      ],
    },
    {
      name: 'a shorter text',
      run: [
        op.alterColumn(n('book'), 'note', { length: 10 }, { existing: { type: 'string', length: 20, nullable: true } }),
      ],
    },
    {
      name: 'text without a limit',
      run: [
        op.alterColumn(
          n('book'),
          'note',
          { type: 'text' },
          { existing: { type: 'string', length: 20, nullable: true } },
        ),
      ],
    },
    {
      name: 'not null',
      run: [op.alterColumn(n('book'), 'pages', { nullable: false }, { existing: { type: 'integer', nullable: true } })],
    },
    {
      name: 'nullable',
      run: [op.alterColumn(n('book'), 'price', { nullable: true }, { existing: { type: 'integer', default: 1 } })],
    },
    {
      name: 'another default',
      run: [op.alterColumn(n('book'), 'price', { default: 2 }, { existing: { type: 'integer', default: 1 } })],
    },
    {
      name: 'no default',
      run: [op.alterColumn(n('book'), 'price', { default: null }, { existing: { type: 'integer', default: 1 } })],
    },
  ],
  renameColumn: (n) => [{ name: 'a column', run: [op.renameColumn(n('book'), 'written', 'year')] }],
  createIndex: (n) => [
    { name: 'an index', run: [op.createIndex(n('book'), ['pages'], { name: n('i') })] },
    { name: 'a unique index', run: [op.createIndex(n('book'), ['isbn', 'pages'], { name: n('i'), unique: true })] },
    {
      name: 'an index, concurrently',
      engines: postgres,
      outside: true,
      run: [op.createIndex(n('book'), ['pages'], { name: n('i'), concurrently: true })],
    },
    {
      name: 'a full text index',
      engines: mysqlLike,
      run: [op.createIndex(n('book'), ['title'], { name: n('i'), type: 'fulltext' })],
    },
  ],
  dropIndex: (n) => [
    { name: 'an index', run: [op.dropIndex(n('book'), n('book_title'))] },
    {
      name: 'an index, concurrently',
      engines: postgres,
      outside: true,
      run: [op.dropIndex(n('book'), n('book_title'), { concurrently: true })],
    },
  ],
  renameIndex: (n) => [{ name: 'an index', run: [op.renameIndex(n('book'), n('book_title'), n('j'))] }],
  createPrimaryKey: (n) => [
    { name: 'a primary key', run: [op.createPrimaryKey(n('log'), 'id', { name: n('log_pk') })] },
  ],
  createForeignKey: (n) => [
    { name: 'a foreign key', run: [op.createForeignKey(n('log'), 'author_id', n('author'), 'id', { name: n('fk') })] },
    {
      name: 'a foreign key, not valid',
      engines: postgres,
      run: [op.createForeignKey(n('log'), 'author_id', n('author'), 'id', { name: n('fk'), notValid: true })],
    },
  ],
  createUniqueConstraint: (n) => [
    { name: 'a unique constraint', run: [op.createUniqueConstraint(n('log'), 'id', { name: n('u') })] },
  ],
  createCheckConstraint: (n) => [
    { name: 'a check', run: [op.createCheckConstraint(n('log'), 'id > 0', { name: n('c') })] },
    {
      name: 'a check, not valid',
      engines: postgres,
      run: [op.createCheckConstraint(n('log'), 'id > 0', { name: n('c'), notValid: true })],
    },
  ],
  validateConstraint: (n) => [
    {
      name: 'a check',
      engines: postgres,
      before: [op.createCheckConstraint(n('log'), 'id > 0', { name: n('c'), notValid: true })],
      run: [op.validateConstraint(n('log'), n('c'))],
    },
    {
      name: 'a foreign key',
      engines: postgres,
      before: [op.createForeignKey(n('log'), 'author_id', n('author'), 'id', { name: n('fk'), notValid: true })],
      run: [op.validateConstraint(n('log'), n('fk'))],
    },
  ],
  dropConstraint: (n) => [
    { name: 'a check', run: [op.dropConstraint(n('book'), n('book_pages'), { type: 'check' })] },
    { name: 'a foreign key', run: [op.dropConstraint(n('book'), n('book_author'), { type: 'foreignKey' })] },
    { name: 'a unique constraint', run: [op.dropConstraint(n('book'), n('book_isbn'), { type: 'unique' })] },
    { name: 'a primary key', run: [op.dropConstraint(n('book'), n('book_pk'), { type: 'primaryKey' })] },
  ],
  createSchema: (n) => [{ name: 'a schema', engines: postgres, run: [op.createSchema(n('s'))] }],
  dropSchema: (n) => [
    { name: 'a schema', engines: postgres, before: [op.createSchema(n('s'))], run: [op.dropSchema(n('s'))] },
  ],
  createEnum: (n) => [{ name: 'a type', engines: postgres, run: [op.createEnum(n('mood'), ['a'])] }],
  dropEnum: (n) => [
    {
      name: 'a type',
      engines: postgres,
      before: [op.createEnum(n('mood'), ['a'])],
      run: [op.dropEnum(n('mood'))],
    },
  ],
  alterEnum: (n) => {
    const before = [
      op.createEnum(n('mood'), ['a', 'b']),
      op.addColumn(n('book'), 'mood', { type: 'enum', items: ['a', 'b'], nativeEnumName: n('mood'), nullable: true }),
    ];
    return [
      {
        name: 'another value',
        engines: postgres,
        before,
        run: [op.alterEnum(n('mood'), ['a', 'b', 'c'], { existing: ['a', 'b'] })],
      },
      {
        name: 'a value less',
        engines: postgres,
        before,
        run: [
          op.alterEnum(n('mood'), ['a'], {
            existing: ['a', 'b'],
            columns: [{ table: n('book'), column: 'mood' }],
          }),
        ],
      },
    ];
  },
  createSequence: (n) => [{ name: 'a sequence', engines: sequences, run: [op.createSequence(n('q'))] }],
  alterSequence: (n) => [
    {
      name: 'a sequence',
      engines: sequences,
      before: [op.createSequence(n('q'))],
      run: [op.alterSequence(n('q'), { increment: 5 }, { existing: {} })],
    },
  ],
  dropSequence: (n) => [
    {
      name: 'a sequence',
      engines: sequences,
      before: [op.createSequence(n('q'))],
      run: [op.dropSequence(n('q'))],
    },
  ],
  renameSequence: (n) => [
    {
      name: 'a sequence',
      engines: sequences,
      before: [op.createSequence(n('q'))],
      run: [op.renameSequence(n('q'), n('r'))],
    },
  ],
  createView: (n) => [
    { name: 'a view', run: [op.createView(n('v'), `select id from ${n('book')}`)] },
    {
      name: 'a view in place of another',
      engines: servers,
      before: [op.createView(n('v'), `select id from ${n('book')}`)],
      run: [op.createView(n('v'), `select id from ${n('book')} where id > 1`, { orReplace: true })],
    },
  ],
  dropView: (n) => [
    {
      name: 'a view',
      before: [op.createView(n('v'), `select id from ${n('book')}`)],
      run: [op.dropView(n('v'))],
    },
  ],
  createMaterializedView: (n) => [
    {
      name: 'a materialized view',
      engines: postgres,
      run: [op.createMaterializedView(n('m'), `select id from ${n('book')}`)],
    },
  ],
  dropMaterializedView: (n) => [
    {
      name: 'a materialized view',
      engines: postgres,
      before: [op.createMaterializedView(n('m'), `select id from ${n('book')}`)],
      run: [op.dropMaterializedView(n('m'))],
    },
  ],
  refreshMaterializedView: (n) => {
    const before = [
      op.createMaterializedView(n('m'), `select id from ${n('book')}`),
      op.createIndex(n('m'), ['id'], { name: n('mi'), unique: true }),
    ];
    return [
      { name: 'a materialized view', engines: postgres, before, run: [op.refreshMaterializedView(n('m'))] },
      {
        name: 'a materialized view, concurrently',
        engines: postgres,
        before,
        run: [op.refreshMaterializedView(n('m'), { concurrently: true })],
      },
    ];
  },
  createTrigger: (n) => [{ name: 'a trigger', run: [trigger(n)] }],
  dropTrigger: (n) => [
    {
      name: 'a trigger',
      before: [trigger(n)],
      run: [op.dropTrigger(n('log'), n('t'), { events: ['insert'] })],
    },
  ],
  createPartition: (n) => [
    {
      name: 'a partition',
      engines: postgres,
      before: partitioned(n),
      run: [op.createPartition(n('event'), n('event_2'), 'for values from (2000000) to (3000000)')],
    },
  ],
  dropPartition: (n) => [
    {
      name: 'a partition',
      engines: postgres,
      before: partitioned(n),
      run: [op.dropPartition(n('event'), n('event_1'))],
    },
  ],
  attachPartition: (n) => [
    {
      name: 'a partition',
      engines: postgres,
      before: [...partitioned(n), op.execute(`create table ${n('loose')} (like ${n('event')})`)],
      run: [op.attachPartition(n('event'), n('loose'), 'for values from (3000000) to (4000000)')],
    },
  ],
  detachPartition: (n) => [
    {
      name: 'a partition',
      engines: postgres,
      before: partitioned(n),
      run: [op.detachPartition(n('event'), n('event_1'))],
    },
    {
      name: 'a partition, concurrently',
      engines: postgres,
      before: partitioned(n),
      outside: true,
      run: [op.detachPartition(n('event'), n('event_1'), { concurrently: true })],
    },
  ],
  createPolicy: (n) => [
    { name: 'a policy', engines: postgres, run: [op.createPolicy(n('book'), n('p'), { using: 'true' })] },
  ],
  dropPolicy: (n) => [
    {
      name: 'a policy',
      engines: postgres,
      before: [op.createPolicy(n('book'), n('p'), { using: 'true' })],
      run: [op.dropPolicy(n('book'), n('p'))],
    },
  ],
  syncColumns: (n) => [
    {
      name: 'two columns',
      engines: postgres,
      before: [op.addColumn(n('book'), 'copy', { type: 'integer', nullable: true })],
      run: [op.syncColumns(n('book'), 'id', 'copy')],
    },
  ],
  unsyncColumns: (n) => [
    {
      name: 'two columns',
      engines: postgres,
      before: [
        op.addColumn(n('book'), 'copy', { type: 'integer', nullable: true }),
        op.syncColumns(n('book'), 'id', 'copy'),
      ],
      run: [op.unsyncColumns(n('book'), 'id', 'copy')],
    },
  ],
  alterRowLevelSecurity: (n) => [
    { name: 'on', engines: postgres, run: [op.alterRowLevelSecurity(n('book'), true, { existing: false })] },
  ],
  createRoutine: (n) => [
    { name: 'a function', engines: postgres, run: [routine(n, 'select 1')] },
    { name: 'a function', engines: mysqlLike, run: [routine(n, 'return 1')] },
  ],
  dropRoutine: (n) => [
    {
      name: 'a function',
      engines: postgres,
      before: [routine(n, 'select 1')],
      run: [op.dropRoutine(n('f'), { type: 'function' })],
    },
    {
      name: 'a function',
      engines: mysqlLike,
      before: [routine(n, 'return 1')],
      run: [op.dropRoutine(n('f'), { type: 'function' })],
    },
  ],
  dropDependents: (n) => [{ name: 'around another type', engines: postgres, ...dependents(n) }],
  restoreDependents: (n) => [{ name: 'around a dropped view', engines: postgres, ...dependents(n, 'written') }],
  keepAttributes: (n) => [{ name: 'of a table', engines: postgres, ...attributes(n) }],
  restoreAttributes: (n) => [{ name: 'of a table', engines: postgres, ...attributes(n) }],
  bulkInsert: (n) => [{ name: 'rows', run: [op.bulkInsert(n('log'), [{ id: 900_000_001 }])] }],
  execute: (n) => [
    { name: 'update of all rows', run: [op.execute(`update ${n('book')} set price = 3`)] },
    { name: 'update of a row', run: [op.execute(`update ${n('book')} set price = 3 where id = 1`)] },
    {
      name: 'update of rows without an index',
      run: [op.execute(`update ${n('book')} set price = 3 where written % 2 = 0`)],
    },
    { name: 'delete of a row', run: [op.execute(`delete from ${n('log')} where id = 1`)] },
    {
      name: 'insert from a query',
      run: [op.execute(`insert into ${n('log')} (id) select id + 500000000 from ${n('author')}`)],
    },
    {
      name: 'a program',
      engines: postgres,
      run: [op.execute(`do $$ begin update ${n('book')} set price = 3; end $$`)],
    },
    { name: 'truncate', engines: servers, run: [op.execute(`truncate table ${n('book')}`)] },
    { name: 'lock table', engines: postgres, run: [op.execute(`lock table ${n('book')} in share mode`)] },
    { name: 'unlogged', engines: postgres, run: [op.execute(`alter table ${n('book')} set unlogged`)] },
    { name: 'cluster', engines: postgres, run: [op.execute(`cluster ${n('book')} using ${n('book_title')}`)] },
    { name: 'reindex', engines: postgres, run: [op.execute(`reindex table ${n('book')}`)] },
    {
      name: 'unique by an index',
      engines: postgres,
      before: [op.createIndex(n('log'), ['id'], { name: n('li'), unique: true })],
      run: [op.execute(`alter table ${n('log')} add constraint ${n('li')} unique using index ${n('li')}`)],
    },
    {
      name: 'not null that a check proves',
      engines: postgres,
      before: [op.createCheckConstraint(n('log'), 'id is not null', { name: n('nn') })],
      run: [op.execute(`alter table ${n('log')} alter column id set not null`)],
    },
    { name: 'vacuum', engines: postgres, outside: true, run: [op.execute(`vacuum ${n('book')}`)] },
    { name: 'vacuum full', engines: postgres, outside: true, run: [op.execute(`vacuum full ${n('book')}`)] },
    {
      name: 'reindex, concurrently',
      engines: postgres,
      outside: true,
      run: [op.execute(`reindex table concurrently ${n('book')}`)],
    },
    { name: 'optimize', engines: mysqlLike, run: [op.execute(`optimize table ${n('log')}`)] },
    {
      name: 'another character set',
      engines: mysqlLike,
      run: [op.execute(`alter table ${n('book')} convert to character set latin1`)],
    },
    {
      name: 'partitions',
      engines: mysqlLike,
      run: [op.execute(`alter table ${n('log')} partition by hash(id) partitions 2`)],
    },
  ],
};

/** All cases for an engine, with the prefixes of their names. */
export function casesFor(engine: Engine): readonly NumberedCase[] {
  const kinds = Object.entries(verbCases) as [Operation['kind'], Cases][];
  const counts = kinds.flatMap(([kind, cases]) => cases((name) => name).map((_, index) => ({ kind, cases, index })));
  return counts
    .map(({ kind, cases, index }, number) => {
      const prefix = `c${String(number).padStart(3, '0')}_`;
      return { ...cases((name) => prefix + name)[index], kind, prefix };
    })
    .filter(({ engines = allEngines }) => engines.includes(engine));
}

function trigger(n: Name): Operation {
  return op.createTrigger(n('log'), n('t'), {
    timing: 'after',
    events: ['insert'],
    body: `update ${n('author')} set name = name where id = -1`,
  });
}

function routine(n: Name, body: string): Operation {
  return op.createRoutine(n('f'), { type: 'function', returns: 'int', deterministic: true, body });
}

function partitioned(n: Name): readonly Operation[] {
  return [
    op.execute(`create table ${n('event')} (id integer not null) partition by range (id)`),
    op.execute(`create table ${n('event_1')} partition of ${n('event')} for values from (0) to (2000000)`),
  ];
}

function dependents(n: Name, column = 'pages'): Pick<VerbCase, 'before' | 'run'> {
  return {
    before: [op.createView(n('v'), `select id, ${column} from ${n('book')}`)],
    run: [
      op.dropDependents({ columns: [{ table: n('book'), column }] }),
      op.alterColumn(n('book'), column, { type: 'bigint' }, { existing: { type: 'integer', nullable: true } }),
      op.restoreDependents(),
    ],
  };
}

function attributes(n: Name): Pick<VerbCase, 'before' | 'run'> {
  return {
    before: [op.createView(n('v'), `select id from ${n('book')}`)],
    run: [
      op.keepAttributes({ tables: [{ name: n('v') }] }),
      op.dropView(n('v')),
      op.createView(n('v'), `select id from ${n('book')}`),
      op.restoreAttributes(),
    ],
  };
}
