import { describe, expect, it } from '@jest/globals';
import { InvalidOperationError } from '../../../libs/nest-migrate/src/errors/operation.errors.js';
import { type OperationVerbs } from '../../../libs/nest-migrate/src/operations/verbs.js';
import { recorder } from './recording-sink.js';

type Op = OperationVerbs<string>;
// revisions are also written in JavaScript: what TypeScript refuses has to be refused again
const untyped = (value: unknown) => value as never;

const refused: readonly (readonly [string, (op: Op) => Promise<void>, string])[] = [
  [
    'both type and columnType',
    (op) => op.addColumn('user', 'email', { type: 'string', columnType: 'citext' }),
    "addColumn: column 'email' of table 'user' has both 'type' and 'columnType'. Give one of them.",
  ],
  [
    'no type',
    (op) => op.addColumn('user', 'email', { nullable: true }),
    "addColumn: column 'email' of table 'user' has no type. Give one of 'type' and 'columnType'.",
  ],
  [
    'an unknown type',
    (op) => op.addColumn('user', 'age', { type: untyped('integr') }),
    "addColumn: column 'age' of table 'user' has the unknown type 'integr'. Did you mean 'integer'? A type of the database itself is a 'columnType'.",
  ],
  [
    'an unknown option',
    (op) => op.addColumn('user', 'age', untyped({ type: 'integer', nulable: true })),
    "addColumn: column 'age' of table 'user' does not know the option 'nulable'. Did you mean 'nullable'?",
  ],
  [
    'an unknown option within a table',
    (op) => op.createTable('user', untyped({ columns: { id: { type: 'integer' } }, unique: [] })),
    "createTable: table 'user' does not know the option 'unique'. Did you mean 'uniques'?",
  ],
  [
    'an option of another kind',
    (op) => op.addColumn('user', 'name', { type: 'string', length: untyped('50') }),
    "addColumn: column 'name' of table 'user' wants a whole number as 'length', and got '50'.",
  ],
  [
    'an enum without items',
    (op) => op.addColumn('user', 'mood', { type: 'enum' }),
    "addColumn: column 'mood' of table 'user' is an 'enum' without 'items'. List its values.",
  ],
  [
    'items on another type',
    (op) => op.addColumn('user', 'mood', { type: 'string', items: ['a'] }),
    "addColumn: column 'mood' of table 'user' has 'items', and is a 'string'. Only 'enum' and 'enumArray' have items.",
  ],
  [
    'an item twice',
    (op) => op.addColumn('user', 'mood', { type: 'enum', items: ['a', 'a'] }),
    "addColumn: column 'mood' of table 'user' has 'a' twice in 'items'.",
  ],
  [
    'two places',
    (op) => op.addColumn('user', 'age', { type: 'integer', after: 'name', first: true }),
    "addColumn: column 'age' of table 'user' has both 'after' and 'first'. Give one of them.",
  ],
  [
    'two defaults',
    (op) => op.addColumn('user', 'age', { type: 'integer', default: 1, defaultRaw: '2' }),
    "addColumn: column 'age' of table 'user' has both 'default' and 'defaultRaw'. Give one of them.",
  ],
  [
    'a default that is no value',
    (op) => op.addColumn('user', 'data', { type: 'json', default: untyped({ a: 1 }) }),
    "addColumn: column 'data' of table 'user' got an object as 'default'. Give JSON as text: JSON.stringify(value).",
  ],
  [
    'a default that JSON does not know',
    (op) => op.addColumn('user', 'age', { type: 'double', default: Number.NaN }),
    "addColumn: column 'age' of table 'user' cannot take NaN as 'default'. Write it in SQL.",
  ],
  [
    'a text that cannot be unsigned',
    (op) => op.addColumn('user', 'name', { type: 'string', unsigned: true }),
    "addColumn: column 'name' of table 'user' is a 'string', which cannot be unsigned.",
  ],
  [
    'a collation that is SQL',
    (op) => op.addColumn('user', 'name', { type: 'string', collation: 'C"; drop table "user' }),
    `addColumn: column 'name' of table 'user' has the collation 'C"; drop table "user', which is not the name of one.`,
  ],
  [
    'a table without columns',
    (op) => op.createTable('user', { columns: {} }),
    "createTable: table 'user' has no columns.",
  ],
  [
    'a column twice',
    (op) =>
      op.createTable('user', {
        columns: [
          { name: 'a', type: 'integer' },
          { name: 'a', type: 'text' },
        ],
      }),
    "createTable: table 'user' has the column 'a' twice.",
  ],
  [
    'an index on a column that is not there',
    (op) => op.createTable('user', { columns: { id: { type: 'integer' } }, indexes: [{ columns: ['email'] }] }),
    "createTable: table 'user' has no column 'email', which its index names.",
  ],
  [
    'an index without columns',
    (op) => op.createIndex('user', []),
    "createIndex: table 'user' has an index without columns.",
  ],
  [
    'an empty name',
    (op) => op.createIndex('user', ['']),
    "createIndex: table 'user' needs the name of an indexed column as text, and got ''.",
  ],
  ['no table', (op) => op.dropTable(untyped(undefined)), 'dropTable: the table needs a name as text, and got nothing.'],
  [
    'a foreign key of unequal ends',
    (op) => op.createForeignKey('book', ['a', 'b'], 'author', 'id'),
    "createForeignKey: table 'book' has a foreign key from 2 columns to 1 column of 'author'.",
  ],
  [
    'an unknown rule',
    (op) => op.createForeignKey('book', 'a', 'author', 'id', { deleteRule: untyped('cascad') }),
    "createForeignKey: table 'book' does not know 'cascad' as 'deleteRule'. Did you mean 'cascade'?",
  ],
  [
    'a constraint to drop without its type',
    (op) => op.dropConstraint('user', 'user_pkey', untyped({})),
    "dropConstraint: table 'user' has a constraint 'user_pkey' of no type. Give 'type', one of foreignKey, unique, check, primaryKey.",
  ],
  [
    'an empty change',
    (op) => op.alterColumn('user', 'name', {}),
    "alterColumn: column 'name' of table 'user' has an empty change.",
  ],
  [
    'a change that makes a column primary',
    (op) => op.alterColumn('user', 'id', { primary: true }),
    "alterColumn: column 'id' of table 'user' cannot become 'primary' that way. Use createPrimaryKey and dropConstraint.",
  ],
  ['no SQL', (op) => op.execute('  '), "execute: the statement needs SQL as text, and got '  '."],
  [
    'too few parameters',
    (op) => op.execute('update t set a = ?, b = ?', [1]),
    "execute: the statement has placeholders for 2 parameters, and got 1. A question mark that is no placeholder is written '\\?'.",
  ],
  [
    'rows with different columns',
    (op) => op.bulkInsert('user', [{ a: 1 }, { b: 1 }]),
    "bulkInsert: table 'user' has no 'a' in row 2. Give all rows the same columns.",
  ],
  [
    'a row with one column more',
    (op) => op.bulkInsert('user', [{ a: 1 }, { a: 1, b: 1 }]),
    "bulkInsert: table 'user' has 'b' in row 2, not in row 1. Give all rows the same columns.",
  ],
  [
    'a cell without a value',
    (op) => op.bulkInsert('user', [{ a: untyped(undefined) }]),
    "bulkInsert: table 'user' has no value for 'a' in row 1. Write null for none.",
  ],
  [
    'an enum type without items',
    (op) => op.createEnum('mood', []),
    "createEnum: enum 'mood' wants a list of texts as 'items', and got an empty list.",
  ],
  [
    'several checks without a name',
    (op) =>
      op.createTable('t', {
        columns: { a: { type: 'integer' } },
        checks: [{ expression: 'a > 0' }, { expression: 'a < 9' }],
      }),
    "createTable: table 't' has several checks without a name. Name them: one name is all that can be made up.",
  ],
];

describe('arguments of verbs', () => {
  it.each(refused)('refuse %s', async (_, call, message) => {
    const { op, applied, finish } = recorder();
    const called = call(op);
    await expect(called).rejects.toBeInstanceOf(InvalidOperationError);
    await expect(called).rejects.toMatchObject({ code: 'INVALID_OPERATION', message });
    await expect(finish()).rejects.toThrow(message);
    expect(applied).toEqual([]);
    expect(message).not.toContain('\n');
  });

  it('become lists, encoded values and nothing that is absent', async () => {
    const { op, applied, finish } = recorder();
    await op.createTable('user', {
      schema: undefined,
      columns: [
        { name: '2024', type: 'bigint', default: 5n },
        { name: 'at', type: 'datetime', default: new Date(0) },
        { name: 'raw', type: 'blob', default: new Uint8Array([1, 255]) },
        { name: 'none', type: 'text', nullable: true, default: null },
      ],
      primaryKey: { columns: '2024' },
      uniques: [{ columns: 'at' }],
    });
    await finish();
    expect(applied).toEqual([
      {
        kind: 'createTable',
        table: 'user',
        columns: [
          { name: '2024', type: 'bigint', default: { $bigint: '5' } },
          { name: 'at', type: 'datetime', default: { $date: '1970-01-01T00:00:00.000Z' } },
          { name: 'raw', type: 'blob', default: { $bytes: 'Af8=' } },
          { name: 'none', type: 'text', nullable: true },
        ],
        primaryKey: { columns: ['2024'] },
        indexes: [],
        uniques: [{ columns: ['at'] }],
        checks: [],
        foreignKeys: [],
      },
    ]);
    expect(applied[0]).toStrictEqual(JSON.parse(JSON.stringify(applied[0])));
  });

  it('leave the names of things to the engine where they are not given', async () => {
    const { op, applied, finish } = recorder();
    await op.createIndex('user', ['email']);
    await op.createUniqueConstraint('user', 'email');
    await finish();
    expect(JSON.stringify(applied)).not.toContain('"name":"user');
  });
});
