import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import {
  canonicalDefault,
  canonicalExpression,
} from '../../../libs/nest-migrate/src/engines/sqlite/catalogue/expressions.js';
import { parseIndex, parseIndexPart } from '../../../libs/nest-migrate/src/engines/sqlite/ddl/index-text.js';
import {
  parseReference,
  parseTable,
  renderTable,
} from '../../../libs/nest-migrate/src/engines/sqlite/ddl/table-source.js';

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const tables = [
  'create table t (a)',
  'CREATE TABLE "t" (a INTEGER PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT)',
  'create table t ([a b] varchar(10, 2) not null on conflict ignore default -1.5e3, `c``d` text collate "nocase" unique, check ([a b] > 0))',
  "create table t (a text constraint named check (a in ('x, y', ')', 'it''s')) default ('(' || 'b'), b as (a || ',') virtual, constraint u unique (a, b collate nocase desc))",
  'create table t (a integer references o (id) on delete set null on update cascade deferrable initially deferred, b text, foreign key (b) references o match full)',
  'create table t (a integer, b integer, primary key (a, b)) without rowid, strict',
  'create table t (a integer /* , b text */, -- c text,\n d text constraint x check (d <> a) constraint y unique)',
  'create table t ("check" text, "primary" text, unique ("check") constraint z check (1))',
];

describe('the text of a SQLite table', () => {
  it.each(tables)('%s: read and written again, it makes the same table', (sql) => {
    const described = (text: string): unknown => {
      const database = new DatabaseSync(':memory:');
      database.exec('create table o (id integer primary key)');
      database.exec(text);
      const rows = ['table_xinfo(t)', 'index_list(t)', 'foreign_key_list(t)', 'table_list(t)'].map((pragma) =>
        database.prepare(`pragma ${pragma}`).all(),
      );
      database.close();
      return rows;
    };
    const source = parseTable(sql)!;
    const written = renderTable(source, '"t"', quote);
    expect(described(written)).toEqual(described(sql));
    expect(renderTable(parseTable(written)!, '"t"', quote)).toBe(written);
  });

  it('says what each part is', () => {
    const { columns, constraints, options } = parseTable(tables[3])!;
    expect(columns.map(({ name, type, clauses }) => [name, type, clauses.map(({ kind }) => kind)])).toEqual([
      ['a', 'text', ['check', 'default']],
      ['b', '', ['generated']],
    ]);
    expect(columns[0]?.clauses[0]).toMatchObject({ name: 'named', value: "a in ('x, y', ')', 'it''s')" });
    expect(constraints).toMatchObject([{ kind: 'unique', name: 'u', columns: ['a', 'b'] }]);
    expect(options).toBe('');
    expect(
      parseReference('references o (id) on update cascade on delete set null deferrable initially deferred'),
    ).toEqual({
      table: 'o',
      columns: ['id'],
      deleteRule: 'set null',
      updateRule: 'cascade',
      deferred: 'deferred',
    });
    expect(parseTable('create virtual table t using fts5 (a)')).toBeUndefined();
  });

  it('takes no quoted name for a word or a mark', () => {
    const { columns, constraints } = parseTable(
      'create table t (",", ")" integer "not" "null", "where" text, primary key (",", ")"), foreign key (",") references o (")"))',
    )!;
    expect(columns.map(({ name, type, clauses }) => [name, type, clauses])).toEqual([
      [',', '', []],
      [')', 'integer "not" "null"', []],
      ['where', 'text', []],
    ]);
    expect(constraints.map((constraint) => constraint.columns)).toEqual([[',', ')'], [',']]);
    expect(parseReference('references o (")", "(", ",")').columns).toEqual([')', '(', ',']);
    expect(parseIndex('create index i on t (")", b)')).toMatchObject({ unique: false, parts: ['")"', 'b'] });
  });

  it('says of an index what it is made of', () => {
    expect(
      parseIndex('create unique index "i on (" on t (a, lower(b), c collate nocase desc) where a in (1, 2)'),
    ).toMatchObject({
      unique: true,
      parts: ['a', 'lower(b)', 'c collate nocase desc'],
      where: 'a in (1, 2)',
    });
    expect(parseIndexPart('"c" collate nocase desc')).toEqual({ column: 'c', collation: 'nocase', descending: true });
    expect(parseIndexPart('lower(b)')).toEqual({ descending: false });
  });
});

describe('two spellings of an expression on SQLite', () => {
  it.each([
    ['a>0', '( "a"  > 0 )'],
    ['A = 1 AND b != 2', '`a` == 1 and [B] <> 2'],
    ["a in ('x') -- why", "a in ('x')"],
    ['a > 1.0', 'a > 1'],
  ])('%s and %s are one', (a, b) => {
    expect(canonicalExpression(a, ['a', 'b'])).toBe(canonicalExpression(b, ['a', 'b']));
  });

  it.each([
    ["a = 'x'", "a = 'X'"],
    ['a > 1', 'a > -1'],
    ['"b" > 0', "'b' > 0"],
    ['a and b or c', 'a and (b or c)'],
  ])('%s and %s are two', (a, b) => {
    expect(canonicalExpression(a, ['a', 'b', 'c'])).not.toBe(canonicalExpression(b, ['a', 'b', 'c']));
  });

  it('of a default count as the value that the column gets', () => {
    expect(canonicalDefault("'7'", 'integer')).toBe(canonicalDefault('(7.0)', 'bigint'));
    expect(canonicalDefault('true', 'integer')).toBe(canonicalDefault('1', 'integer'));
    expect(canonicalDefault("'7'", 'text')).not.toBe(canonicalDefault("'7.0'", 'text'));
    expect(canonicalDefault('current_timestamp', 'datetime')).not.toBe(
      canonicalDefault("'current_timestamp'", 'datetime'),
    );
  });
});
