/** As `cases.ts`, for MySQL and MariaDB: how the server is allowed to make each change, or why nothing is said of it. */
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';

const op = builders;

/** What each statement of a change asserts, in their order; `copy` where it copies the table, and nothing is asserted. */
export type Way = readonly ('instant' | 'nocopy none' | 'inplace none' | 'inplace shared' | 'copy' | 'nothing')[];

export interface MySqlCase {
  readonly name: string;
  readonly before?: readonly Operation[];
  readonly operations: readonly Operation[];
  readonly mysql: Way;
  readonly mariadb: Way;
}

/** Tables of an application, with rows. */
export const mysqlTables: readonly Operation[] = [
  op.createTable('author', {
    columns: { id: { type: 'integer' }, name: { type: 'string', length: 100 } },
    primaryKey: { columns: ['id'] },
  }),
  op.createTable('book', {
    columns: {
      id: { type: 'integer' },
      code: { type: 'integer', nullable: true },
      title: { type: 'string', length: 20, nullable: true },
      state: { type: 'enum', items: ['a', 'b'], nullable: true },
      authorId: { type: 'integer', nullable: true },
      editorId: { type: 'integer', nullable: true },
    },
    primaryKey: { columns: ['id'] },
    uniques: [{ name: 'book_code', columns: ['code'] }],
    checks: [{ name: 'book_id_check', expression: 'id > 0' }],
    indexes: [{ name: 'book_title', columns: ['title'] }],
  }),
  op.createTable('note', {
    columns: { id: { type: 'integer' }, authorId: { type: 'integer' }, about: { type: 'text' } },
    foreignKeys: [{ name: 'note_author', columns: 'authorId', referencedTable: 'author', referencedColumns: 'id' }],
  }),
  op.bulkInsert('author', [{ id: 1, name: 'a' }]),
  op.bulkInsert('book', [
    { id: 1, code: 1, title: 'a', state: 'a', authorId: 1, editorId: null },
    { id: 2, code: 2, title: 'b', state: null, authorId: 1, editorId: 1 },
  ]),
  op.bulkInsert('note', [{ id: 1, authorId: 1, about: 'a' }]),
];

const code = { type: 'integer', nullable: true } as const;
const title = { type: 'string', length: 20, nullable: true } as const;
const state = { type: 'enum', items: ['a', 'b'], nullable: true } as const;
const toAuthor = (table: string, column = 'authorId'): Operation =>
  op.createForeignKey(table, column, 'author', 'id', { name: `${table}_${column}_fk`, deleteRule: 'set null' });

const none = 'the engine has no such thing';
const own = 'it is no change of a table that requests use';

export const mysqlCases: { readonly [K in Operation['kind']]: readonly MySqlCase[] | string } = {
  createTable: 'no request uses a new table',
  dropTable: own,
  renameTable: 'the server takes no algorithm for it, and needs a moment only',
  alterTableComment: [
    {
      name: 'of a table',
      operations: [op.createTableComment('book', 'what is sold')],
      mysql: ['inplace none'],
      mariadb: ['instant'],
    },
  ],
  addColumn: [
    {
      name: 'with a constant',
      operations: [op.addColumn('book', 'pages', { type: 'integer', default: 1 })],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
    {
      name: 'in its place, two at once',
      operations: [
        op.addColumn('book', 'pages', { type: 'integer', nullable: true, after: 'id' }),
        op.addColumn('book', 'words', { type: 'integer', nullable: true, after: 'pages' }),
      ],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
    {
      name: 'that counts',
      operations: [op.addColumn('note', 'number', { type: 'integer', autoincrement: true, primary: true })],
      mysql: ['inplace shared'],
      mariadb: ['inplace shared'],
    },
    {
      name: 'that is computed',
      operations: [op.addColumn('book', 'twice', { type: 'integer', generated: '(code * 2) stored', nullable: true })],
      mysql: ['copy'],
      mariadb: ['copy'],
    },
    {
      name: 'of a new table',
      operations: [
        op.createTable('fresh', { columns: { id: { type: 'integer' } } }),
        op.addColumn('fresh', 'more', { type: 'integer' }),
      ],
      mysql: ['nothing'],
      mariadb: ['nothing'],
    },
  ],
  dropColumn: [
    {
      name: 'alone',
      operations: [{ ...op.dropColumn('book', 'editorId'), previous: { name: 'editorId', ...code } }],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
  ],
  alterColumn: [
    {
      name: 'to required',
      operations: [op.alterColumn('book', 'code', { nullable: false }, { existing: code })],
      mysql: ['inplace none'],
      mariadb: ['inplace none'],
    },
    {
      name: 'to a default',
      operations: [op.alterColumn('book', 'code', { default: 7 }, { existing: code })],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
    {
      name: 'to a longer text',
      operations: [op.alterColumn('book', 'title', { length: 30 }, { existing: title })],
      mysql: ['inplace none'],
      mariadb: ['instant'],
    },
    {
      name: 'to a text of more than 255 bytes',
      operations: [op.alterColumn('book', 'title', { length: 100 }, { existing: title })],
      mysql: ['copy'],
      mariadb: ['instant'],
    },
    {
      name: 'to one more item',
      operations: [op.alterColumn('book', 'state', { items: ['a', 'b', 'c'] }, { existing: state })],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
    {
      name: 'to another type',
      operations: [op.alterColumn('book', 'code', { type: 'bigint' }, { existing: code })],
      mysql: ['copy'],
      mariadb: ['copy'],
    },
    {
      name: 'to another type, between changes that need no copy',
      operations: [
        op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
        op.alterColumn('book', 'code', { type: 'bigint' }, { existing: code }),
        op.alterColumn('book', 'state', { items: ['a', 'b', 'c'] }, { existing: state }),
        op.alterColumn('book', 'editorId', { type: 'bigint' }, { existing: code }),
      ],
      mysql: ['instant', 'copy'],
      mariadb: ['instant', 'copy'],
    },
    {
      name: 'to another type, behind which columns come in their order',
      operations: [
        op.alterColumn('book', 'code', { type: 'bigint' }, { existing: code }),
        op.addColumn('book', 'pages', { type: 'integer', nullable: true, after: 'id' }),
        op.addColumn('book', 'words', { type: 'integer', nullable: true, after: 'pages' }),
        op.addColumn('book', 'lines', { type: 'integer', nullable: true }),
      ],
      mysql: ['instant', 'copy'],
      mariadb: ['instant', 'copy'],
    },
  ],
  renameColumn: [
    {
      name: 'alone',
      operations: [op.renameColumn('book', 'editorId', 'curatorId')],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
  ],
  createIndex: [
    {
      name: 'of columns, two at once',
      operations: [
        op.createIndex('book', ['authorId', { name: 'title', sort: 'desc' }], { name: 'book_both' }),
        op.createIndex('book', ['editorId'], { name: 'book_editor' }),
      ],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
    {
      name: 'that is unique',
      operations: [op.createIndex('book', ['title'], { name: 'book_once', unique: true })],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
    {
      name: 'of words',
      operations: [op.createIndex('note', ['about'], { name: 'note_words', type: 'fulltext' })],
      mysql: ['inplace shared'],
      mariadb: ['inplace shared'],
    },
    {
      name: 'by a statement',
      operations: [
        op.createIndex('book', [], { name: 'book_raw', expression: 'create index `book_raw` on `book` (`authorId`)' }),
      ],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
  ],
  dropIndex: [
    {
      name: 'alone',
      operations: [op.dropIndex('book', 'book_title')],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
  ],
  renameIndex: [
    {
      name: 'alone',
      operations: [op.renameIndex('book', 'book_title', 'book_by_title')],
      mysql: ['inplace none'],
      mariadb: ['instant'],
    },
  ],
  createPrimaryKey: [
    {
      name: 'of a column',
      operations: [op.createPrimaryKey('note', ['id'])],
      mysql: ['inplace none'],
      mariadb: ['inplace none'],
    },
  ],
  createForeignKey: [
    { name: 'to a table', operations: [toAuthor('book')], mysql: ['inplace none'], mariadb: ['nocopy none'] },
    {
      name: 'two of one table',
      operations: [toAuthor('book'), toAuthor('book', 'editorId')],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
    {
      name: 'of a new table',
      operations: [
        op.createTable('fresh', { columns: { authorId: { type: 'integer', nullable: true } } }),
        toAuthor('fresh'),
      ],
      mysql: ['nothing'],
      mariadb: ['nothing'],
    },
  ],
  createUniqueConstraint: [
    {
      name: 'of columns',
      operations: [op.createUniqueConstraint('book', ['title'], { name: 'book_title_unique' })],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
  ],
  createCheckConstraint: [
    {
      name: 'of a table',
      operations: [op.createCheckConstraint('book', 'code > 0', { name: 'book_code_check' })],
      mysql: ['copy'],
      mariadb: ['copy'],
    },
  ],
  dropConstraint: [
    {
      name: 'a foreign key',
      operations: [op.dropConstraint('note', 'note_author', { type: 'foreignKey' })],
      mysql: ['inplace none'],
      mariadb: ['instant'],
    },
    {
      name: 'a unique constraint',
      operations: [op.dropConstraint('book', 'book_code', { type: 'unique' })],
      mysql: ['inplace none'],
      mariadb: ['nocopy none'],
    },
    {
      name: 'a check',
      operations: [op.dropConstraint('book', 'book_id_check', { type: 'check' })],
      mysql: ['instant'],
      mariadb: ['instant'],
    },
  ],
  validateConstraint: none,
  createSchema: own,
  dropSchema: own,
  createEnum: none,
  dropEnum: none,
  alterEnum: none,
  createSequence: own,
  alterSequence: own,
  dropSequence: own,
  renameSequence: own,
  createView: own,
  dropView: own,
  createMaterializedView: none,
  dropMaterializedView: none,
  refreshMaterializedView: none,
  createTrigger: 'the server takes no algorithm for it, and needs a moment only',
  dropTrigger: 'the server takes no algorithm for it, and needs a moment only',
  createPartition: none,
  dropPartition: none,
  attachPartition: none,
  detachPartition: none,
  alterRowLevelSecurity: none,
  syncColumns: none,
  unsyncColumns: none,
  createPolicy: none,
  dropPolicy: none,
  createRoutine: own,
  dropRoutine: own,
  dropDependents: none,
  restoreDependents: none,
  keepAttributes: none,
  restoreAttributes: none,
  execute: 'the library does not interpret it',
  bulkInsert: 'it locks no row that is there',
};

/** Every case with its name. */
export const namedMySqlCases: readonly (readonly [string, MySqlCase])[] = Object.entries(mysqlCases).flatMap(
  ([kind, list]) => (typeof list === 'string' ? [] : list.map((one) => [`${kind} ${one.name}`, one] as const)),
);
