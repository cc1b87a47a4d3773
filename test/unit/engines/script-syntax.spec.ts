import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { mysqlScript, mysqlTraits } from '../../../libs/nest-migrate/src/engines/mysql/script.js';
import { mysqlLexicalRules } from '../../../libs/nest-migrate/src/engines/mysql/lexical-rules.js';
import { postgresScript } from '../../../libs/nest-migrate/src/engines/postgres/script.js';
import { postgresLexicalRules } from '../../../libs/nest-migrate/src/engines/postgres/lexical-rules.js';
import { sqliteScript } from '../../../libs/nest-migrate/src/engines/sqlite/script.js';
import { sqliteLexicalRules } from '../../../libs/nest-migrate/src/engines/sqlite/lexical-rules.js';
import { tokensOf } from '../../../libs/nest-migrate/src/engines/sql/sql-lexer.js';

const psql = postgresScript({ name: 'v', table: '"v"', isQualified: false });
const mysql = mysqlScript(
  { name: 'v', table: '`v`', isQualified: false },
  { lock: { name: "'l'", seconds: 1 }, collation: 'utf8mb4_bin', traits: mysqlTraits },
);

const sqlite = sqliteScript({ name: 'v', table: '`v`' }, 1_000);

describe('cutting SQL into tokens', () => {
  it.each([postgresLexicalRules, mysqlLexicalRules, sqliteLexicalRules])(
    'loses nothing and invents nothing',
    (rules) => {
      const piece = fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '--',
        '-- ',
        '#',
        '/*',
        '/*!',
        '/*!50000',
        '*/',
        '/',
        '*',
        '$$',
        '$a$',
        '\n',
        'E',
        'x',
        ';',
        ' ',
        '$1',
      );
      fc.assert(
        fc.property(fc.array(piece), (pieces) => {
          const sql = pieces.join('');
          const tokens = tokensOf(sql, rules);
          expect(tokens.map(({ start, end }) => sql.slice(start, end)).join('')).toBe(sql);
          expect(tokens.every(({ start, end }) => start < end)).toBe(true);
        }),
      );
    },
  );

  it.each([
    ["select 'a''b' -- c", ['code', 'string', 'code', 'lineComment']],
    ["select E'a\\'b' || 'a\\'", ['code', 'string', 'code', 'string']],
    ["select typE'a\\'", ['code', 'string']],
    ['select "a;""b"', ['code', 'name']],
    ["select $$ ' $$, $a$ $$ $a$, x$$", ['code', 'body', 'code', 'body', 'code']],
    ['/* a /* b */ c */ select $1', ['blockComment', 'code']],
  ])('of PostgreSQL: %s', (sql, kinds) => {
    expect(tokensOf(sql, postgresLexicalRules).map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each([
    ['select \'a\\\'b\', "c\\"", `d\\`', ['code', 'string', 'code', 'string', 'code', 'name']],
    ['select 1--1 # c', ['code', 'lineComment']],
    ['select 1 -- c\n+ 1', ['code', 'lineComment', 'code']],
    ['/* a /* b */ c', ['blockComment', 'code']],
    ['/*/ a */ c', ['blockComment', 'code']],
    ['select $$', ['code']],
    [
      "/*!50000 select '*/' /* a */ */ 1",
      ['blockComment', 'code', 'string', 'code', 'blockComment', 'code', 'blockComment', 'code'],
    ],
    ['/* /*! */ 1', ['blockComment', 'code']],
    ['select /*!99999 1 -- */\n*/', ['code', 'blockComment', 'code', 'lineComment', 'code', 'blockComment']],
  ])('of MySQL: %s', (sql, kinds) => {
    expect(tokensOf(sql, mysqlLexicalRules).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('a statement in a script', () => {
  it.each([
    ['select 1', 'select 1;'],
    ['select 1 -- one', 'select 1 -- one\n;'],
    ["select ';' -- one", "select ';' -- one\n;"],
    [
      "select a::int, b[1:n], c[lo:'2'], d := 1, ':n', \":n\", $$:n$$ -- :n\n",
      "select a::int, b[1: n], c[lo: '2'], d := 1, ':n', \":n\", $$:n$$ -- :n\n;",
    ],
    ["select '\\x' /* \\q */", "select '\\x' /* \\q */;"],
  ])('for psql: %s', (sql, written) => {
    expect(psql.statement(sql)).toBe(written);
  });

  it.each([
    ['select 1', 'select 1;'],
    ['select 1 # one', 'select 1 # one\n;'],
    ['select \\N', 'select \\N;'],
    ["select 'a\r\nb'", "select 'a\\r\nb';"],
    ['begin; end', 'delimiter //\nbegin; end\n//\ndelimiter ;'],
    ["select ';//'", "delimiter $$\nselect ';//'\n$$\ndelimiter ;"],
    ["select ';//$$'", "delimiter //1\nselect ';//$$'\n//1\ndelimiter ;"],
    ["select ';//$$//1'", "delimiter //2\nselect ';//$$//1'\n//2\ndelimiter ;"],
  ])('for mysql: %s', (sql, written) => {
    expect(mysql.statement(sql)).toBe(written);
  });

  it.each([
    ['select 1', '; select 1'],
    ['select 1; -- one;', '; select 1 -- one;'],
    ["select ';' ; /* ; */ ;\n", "; select ';'  /* ; */ \n"],
    ["select ';\n'", "; select ';\n'"],
    ["select 'a\r\nb\rc\nd'", "; select ('a' || char(13) || '\nb\rc\nd')"],
    ['-- t\ncreate temp trigger t\nbegin\n select 1;\nend;', '; -- t\ncreate temp trigger t\nbegin\n select 1;\nend'],
  ])('for sqlite3: %j', (sql, written) => {
    expect(sqlite.statement(sql)).toBe(written);
  });

  it.each([
    [psql, 'select \\gexec'],
    [psql, "select 'a"],
    [psql, 'select $$a'],
    [psql, 'select "a'],
    [psql, 'select (1'],
    [psql, 'select 1)'],
    [psql, 'select 1 /* /* */'],
    [mysql, 'select 1 \\g'],
    [mysql, 'select `a'],
    [mysql, "select 'a\\'"],
    [mysql, 'select 1 /* '],
    [sqlite, 'select [a'],
    [sqlite, 'select 4\n/\n2'],
    [sqlite, 'select 1\n Go -- one\nfrom t'],
    [sqlite, "select 'a\0'"],
    [sqlite, 'select "a\r\nb"'],
  ])('is refused where the client would read on, or do something of its own: %#', (syntax, sql) => {
    expect(() => syntax.statement(sql)).toThrow(/^execute: the statement \[.*\] (?:holds|has) /);
  });

  it('is refused for SQLite where it is two, as it is in a run', () => {
    expect(() => sqlite.statement('insert into a values (1);\ninsert into a values (2)')).toThrow(
      'is more than one statement',
    );
  });
});

describe('a script for SQLite', () => {
  const revision = (rows: readonly string[], ...statements: string[]): string =>
    [
      ...sqlite.opening,
      ...sqlite.begin,
      ...sqlite.guard({ rows, subject: 'the upgrade of a', done: [] }),
      ...statements.map((sql) => sqlite.statement(sql)),
      ...sqlite.commit,
    ].join('\n');

  function database(): DatabaseSync {
    const opened = new DatabaseSync(':memory:');
    opened.exec("create table `v` (version_num text primary key); insert into v values ('a'), ('b''c')");
    return opened;
  }

  it.each([[[]], [['a']], [["b'c"]], [['a', 'x']], [['a', "b'c", 'x']]])(
    'fails where the table is not as it says: %j',
    (rows) => {
      const wanted = rows.length === 0 ? 'nothing' : rows.join(', ');
      expect(() => database().exec(revision(rows, 'create table t (n)'))).toThrow(
        // the error quotes what it repeats
        `the upgrade of a needs v to hold exactly: ${wanted}. It holds: a, b'c`.replaceAll("'", "''"),
      );
    },
  );

  it('runs where it is, and checks what refers to what', () => {
    const opened = database();
    const rows = ["b'c", 'a'];
    opened.exec(revision(rows, 'create table p (id integer primary key)', 'create table c (p references p (id)) -- c'));
    opened.exec(revision(rows, 'insert into p values (1)', 'insert into c values (1);'));
    expect(() => opened.exec(revision(rows, 'delete from p'))).toThrow(/pragma foreign_key_check lists them/);
    opened.exec('rollback');
    expect(opened.prepare('select count(*) as n from p').get()).toEqual({ n: 1 });
    // what was so before is no fault of the revision
    opened.exec('pragma foreign_keys = off; delete from p');
    opened.exec(revision(rows, 'create table t (n)'));
  });
});
