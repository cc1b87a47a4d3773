import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { mysqlLexicalRules, mysqlSql } from '../../../libs/nest-migrate/src/engines/mysql/lexical-rules.ts';
import { postgresLexicalRules, postgresSql } from '../../../libs/nest-migrate/src/engines/postgres/lexical-rules.ts';
import { sqliteLexicalRules } from '../../../libs/nest-migrate/src/engines/sqlite/lexical-rules.ts';
import { type BodyRules } from '../../../libs/nest-migrate/src/engines/sql/statement-heads.ts';
import { transactionControl } from '../../../libs/nest-migrate/src/engines/sql/transaction-control.ts';

const engines = {
  postgres: { lexical: postgresLexicalRules },
  mysql: { lexical: mysqlLexicalRules, isMySql: true },
  sqlite: { lexical: sqliteLexicalRules },
} satisfies Record<string, BodyRules>;

const controls = [
  'begin',
  'begin work',
  'begin immediate',
  'begin transaction isolation level serializable',
  'start transaction',
  'start transaction read only',
  'commit',
  'commit work and no chain',
  'commit and chain',
  'end',
  'end transaction',
  'rollback',
  'rollback work',
  'abort',
  "prepare transaction 'x'",
  "xa start 'x'",
  "xa commit 'x'",
];

const harmless = [
  'savepoint a',
  'release savepoint a',
  'rollback to a',
  'rollback to savepoint a',
  'rollback work to savepoint a',
  'rollback transaction to a',
  "commit prepared 'x'",
  "rollback prepared 'x'",
  'xa recover',
  'set autocommit = 0',
  'select 1',
  'create table "commit" (n int)',
  'create table commits (begin_at int, end_at int)',
  "insert into a values ('x; commit; y')",
  'select case when 1 = 1 then 2 end',
  "comment on table a is 'begin; end'",
  'update a set n = 1 /* ; commit; */',
];

/** What only runs where a caller of it runs. */
const bodies: Record<string, readonly string[]> = {
  postgres: [
    'create function f() returns int language plpgsql as $$ begin commit; rollback; return 1; end $$',
    'create or replace procedure p() language sql begin atomic insert into a values (1); select case when true then 1 end; end',
    "create procedure p() language plpgsql as 'begin commit; end'",
    'do $x$ begin commit; end $x$',
    'create rule r as on insert to a do also (insert into b values (1); insert into b values (2))',
  ],
  mysql: [
    'create procedure p() begin insert into a values (1); commit; begin rollback; end; if 1 then commit; end if; end',
    'create definer = `me`@`%` procedure p() begin case n when 1 then commit; else rollback; end case; commit; end',
    'create procedure p() if 1 then commit; end if',
    'create procedure p() commit',
    'create trigger t before insert on a for each row begin set new.n = case when 1 then 2 end; set new.m = 1; end',
    'create event e on schedule every 1 day do begin loop1: loop commit; leave loop1; end loop; rollback; end',
    'begin not atomic insert into a values (1); begin commit; end; rollback; end',
  ],
  sqlite: [
    'create trigger t after insert on a begin update a set n = case when 1 then 2 end; select raise(rollback, "x"); end',
    'create temp trigger if not exists t after insert on a begin delete from b; end',
  ],
};

const upperOrLower = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((flags) => [...text].map((letter, at) => (flags[at] ? letter.toUpperCase() : letter)).join(''));

const blank = (engine: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.constantFrom(
        ...[' ', '\n', '\t', '\r\n', '/* a */', "/* it's; */", '-- x; commit\n', "-- don't\n"],
        ...(engine === 'mysql' ? ['# commit;\n'] : []),
        ...(engine === 'postgres' ? ['/* a /* b */ c */'] : []),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((pieces) => pieces.join(''));

/** The marks of a comment that the server runs, which may be around any of the words. */
const executed = (engine: string): fc.Arbitrary<readonly [string, string]> =>
  engine === 'mysql'
    ? fc.constantFrom(['', ''], ['/*!', '*/'], ['/*!50000', ' */'], ['/*M! ', '\n*/'], ["/*!40101 /* don't */", '*/'])
    : fc.constant(['', ''] as const);

/**
 * A statement in any spelling: its words in any case, anything between them that counts as a blank, and some of them in
 * a comment that the server runs.
 */
function spelled(engine: string, statement: string): fc.Arbitrary<string> {
  const words = statement.split(' ');
  return fc
    .tuple(
      fc.tuple(...words.map((word) => (word.includes("'") ? fc.constant(word) : upperOrLower(word)))),
      fc.array(blank(engine), { minLength: words.length + 1, maxLength: words.length + 1 }),
      executed(engine),
      fc.tuple(fc.nat(words.length - 1), fc.nat(words.length - 1)),
    )
    .map(([said, blanks, [open, close], ends]) => {
      const [first, last] = [Math.min(...ends), Math.max(...ends)];
      const marked = said.map((word, at) => {
        const [before, after] = [at === first ? open : '', at === last ? close : ''];
        // a number would go on in the word, as it does for the server
        return `${before}${/\d$/.test(before) ? ' ' : ''}${word}${blanks[at + 1] ?? ''}${after}`;
      });
      return `${blanks[0] ?? ''}${marked.join('')}`;
    });
}

describe.each(Object.entries(engines))('transaction control in the SQL of %s', (engine, rules) => {
  const before = fc.constantFrom('', ...harmless, ...bodies[engine]);

  it('is found in any spelling, behind whatever else the text says', () => {
    const text = fc.constantFrom(...controls).chain((control) =>
      fc
        .tuple(fc.array(before, { maxLength: 3 }), spelled(engine, control), fc.constantFrom('', ';', '; select 1'))
        // MySQL's body without a block has no end that could be told from the next statement
        .filter(([statements]) => engine !== 'mysql' || !statements.some((sql) => /p\(\) (?:if|commit)/.test(sql)))
        .map(([statements, sql, end]) => ({ control, text: [...statements, sql].join(';\n') + end })),
    );
    fc.assert(
      fc.property(text, ({ control, text: sql }) => {
        expect(transactionControl(sql, rules)).toBe(/^(?:start|prepare) transaction|^\w+/.exec(control)![0]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([...harmless, ...bodies[engine]])('is not what stands in: %s', (sql) => {
    expect(transactionControl(sql, rules)).toBeUndefined();
    expect(transactionControl(sql.toUpperCase(), rules)).toBeUndefined();
    expect(transactionControl(`${sql};\n${sql};`, rules)).toBeUndefined();
  });

  it('is not what stands in strings, quoted names, dollar quotes and comments, whatever they hold', () => {
    const words = fc
      .array(fc.constantFrom('commit', ';', ' ', 'begin', 'rollback', '\n', 'end', 'select', 'x'), { maxLength: 12 })
      .map((pieces) => pieces.join(''));
    const quoted = words.chain((text) =>
      fc.constantFrom(
        `select '${text}'`,
        `select 1 /* ${text} */`,
        `select 1 -- ${text.replaceAll('\n', ' ')}`,
        ...(engine === 'postgres' ? [`select $$${text}$$`, `do $a$${text}$a$`, `select E'\\'${text}'`] : []),
        ...(engine === 'mysql' ? [`select "${text}"`, `select '\\'${text}'`, `select \`${text}\``] : []),
        ...(engine === 'sqlite' ? [`select [${text}]`, `select "${text}"`] : []),
      ),
    );
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 3 }), (statements) => {
        expect(transactionControl(statements.join('\n;'), rules)).toBeUndefined();
      }),
    );
  });
});

/** What lets go of all locks, word by word, so that blanks and marks may stand between them. */
const releases: Record<string, readonly string[]> = {
  postgres: [
    ...['discard all', 'select pg_advisory_unlock_all ( )', 'select pg_catalog . pg_advisory_unlock_all ( )'],
    ...['select "pg_advisory_unlock_all" ( )', 'select "pg_catalog" . "pg_advisory_unlock_all" ( )'],
    ...[
      String.raw`select U&"\0070g_advisory_unlock_\+000061ll" ( )`,
      `select u&"pg_advisory!005funlock_all" uescape '!' ( )`,
    ],
  ],
  mysql: [
    ...['do release_all_locks ( )', 'select release_all_locks ( )', 'select 1 , `release_all_locks` ( )'],
    'select "release_all_locks" ( )',
  ],
};

describe.each(Object.entries(releases))('what lets go of all locks in the SQL of %s', (engine, statements) => {
  const sqlOf = engine === 'mysql' ? mysqlSql : postgresSql;

  it('is found in any spelling, behind whatever else the text says', () => {
    const text = fc
      .tuple(
        fc.array(fc.constantFrom(...harmless.filter((sql) => !sql.startsWith('create'))), { maxLength: 3 }),
        fc.constantFrom(...statements).chain((statement) => spelled(engine, statement)),
      )
      .map(([others, sql]) => [...others, sql].join(';\n'));
    fc.assert(
      fc.property(text, (sql) => {
        expect(sqlOf.lockRelease(sql)?.words).toMatch(
          /^(?:discard all|release_all_locks\(\)|pg_advisory_unlock_all\(\))$/,
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each(statements)('is not what stands in a string or a comment: %s', (sql) => {
    expect(sqlOf.lockRelease(`select '${sql}'`)).toBeUndefined();
    expect(sqlOf.lockRelease(`select 1 /* ${sql} */`)).toBeUndefined();
    expect(sqlOf.lockRelease(`select 1 -- ${sql}`)).toBeUndefined();
    if (engine === 'mysql') expect(sqlOf.lockRelease(`select /*! 1 /* ${sql} */ + 1 */`)).toBeUndefined();
    else expect(sqlOf.lockRelease(`select 1 /*! ${sql} */`)).toBeUndefined();
  });
});

/** The same within a text that the statement runs at once. */
const texts: readonly (readonly [keyof typeof releases, sql: string])[] = [
  ['postgres', 'do $$ begin perform pg_advisory_unlock_all(); end $$'],
  [
    'postgres',
    'select 1; do language plpgsql $x$ declare n int; begin create table t (n int); perform "pg_advisory_unlock_all"(); end $x$',
  ],
  ['postgres', "do 'begin perform pg_advisory_unlock_all(); end' language plpgsql"],
  ['postgres', "do 'begin perform pg_adv'\n'isory_unlock_all(); end'"],
  ['postgres', "do E'begin\\n perform pg_advisory_unlock_all(); end'"],
  ['postgres', "do $$ begin execute 'select pg_advisory_unlock_all()'; end $$"],
  ['postgres', "do 'begin execute ''select pg_advisory_unlock_all()''; end'"],
  ['postgres', 'do $$ begin if true then execute $x$select pg_advisory_unlock_all()$x$ into n; end if; end $$'],
  ['postgres', 'prepare p as select pg_advisory_unlock_all()'],
  ['mysql', "prepare s from 'do release_all_locks()'"],
  ['mysql', 'prepare `s` from "select release_all_locks()"; execute s'],
  ['mysql', "prepare s from 'do rele\\ase_all_locks()'"],
  ['mysql', "execute immediate 'do release_all_locks()'"],
  ['mysql', "execute immediate 'do release_all' '_locks()'"],
  ['mysql', "begin not atomic if 1 then execute immediate 'do release_all_locks()'; end if; end"],
];

it.each(texts)('in the SQL of %s a text that runs at once is read: %s', (engine, sql) => {
  const sqlOf = engine === 'mysql' ? mysqlSql : postgresSql;
  expect(sqlOf.lockRelease(sql)?.words).toBe(engine === 'mysql' ? 'release_all_locks()' : 'pg_advisory_unlock_all()');
});

it.each([
  ['postgres', "do $$ begin raise notice 'pg_advisory_unlock_all()'; end $$"],
  ['postgres', 'do $$ begin /* pg_advisory_unlock_all() */ perform 1; end $$'],
  ['postgres', "select 'do', 'pg_advisory_unlock_all()'"],
  [
    'postgres',
    "do $$ begin execute 'create function f() returns void begin atomic select pg_advisory_unlock_all(); end'; end $$",
  ],
  [
    'postgres',
    'create function f() returns void language plpgsql as $$ begin perform pg_advisory_unlock_all(); end $$',
  ],
  ['mysql', "select 1 from (select 'release_all_locks()') t"],
  ['mysql', "prepare s from 'select ''release_all_locks()'''"],
] as const)('in the SQL of %s a text that is told, kept or compared is none: %s', (engine, sql) => {
  expect((engine === 'mysql' ? mysqlSql : postgresSql).lockRelease(sql)).toBeUndefined();
});

it.each(['/*!50000 commit */', '/*! start transaction */', '/*M! rollback */', 'select 1; /*!40101 COMMIT*/;'])(
  'finds what MySQL and MariaDB run out of a comment: %s',
  (sql) => {
    expect(transactionControl(sql, engines.mysql)).toMatch(/^(?:commit|start transaction|rollback)$/);
    expect(transactionControl(sql, engines.postgres)).toBeUndefined();
  },
);
