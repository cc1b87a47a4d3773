import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mysqlSql } from '../../../libs/nest-migrate/src/engines/mysql/lexical-rules.ts';
import { postgresSql } from '../../../libs/nest-migrate/src/engines/postgres/lexical-rules.ts';
import { quoteIdentifier, quoteString } from '../../../libs/nest-migrate/src/engines/sql/quoting.ts';
import { sqliteSql } from '../../../libs/nest-migrate/src/engines/sqlite/lexical-rules.ts';

const engines = [
  ['PostgreSQL', postgresSql, '"'],
  ['MySQL', mysqlSql, '`'],
  ['SQLite', sqliteSql, '"'],
] as const;

describe.each(engines)('a name in SQL of %s', (_engine, sql, quote) => {
  it.each([
    ['status = 1', true],
    ['STATUS = 1', true],
    [`${quote}status${quote} = 1`, true],
    ['book.status = 1', true],
    ["kind in ('status')", false],
    ['kind = 1 /* status */', false],
    ['kind = 1 -- status', false],
    ['status_kind = 1', false],
    ["'it''s status'", false],
    ['$status = 1', false],
  ])('is told from what only looks like one: %s', (text, answer) => {
    expect(sql.mentions(text, 'status')).toBe(answer);
  });

  it('is found however it is quoted, and never in a literal', () => {
    // a backslash would mean something to MySQL
    const words = fc.string({
      unit: fc.constantFrom('a', 'B', '_', ' ', '"', "'", '`', ',', '(', ')', '-', '/'),
      minLength: 1,
    });
    fc.assert(
      fc.property(words, words, (name, text) => {
        fc.pre(name.toLowerCase() !== 'x');
        expect(sql.mentions(`x = ${quoteIdentifier(name, quote)} or x = ${quoteString(text)}`, name)).toBe(true);
        expect(sql.mentions(`x = ${quoteString(name)} or x = ${quoteString(text)}`, name)).toBe(false);
        expect(sql.mayMention(`x = ${quoteString(quoteIdentifier(name, quote))}`, name)).toBe(true);
      }),
    );
  });
});

describe('a name in a body', () => {
  it('counts, and in a literal inside of it only where it may be executed', () => {
    const routine = "create function f() returns int language sql as $$ select 'other' from book $$";
    expect(postgresSql.mentions(routine, 'book')).toBe(true);
    expect(postgresSql.mentions(routine, 'other')).toBe(false);
    expect(postgresSql.mayMention(routine, 'other')).toBe(true);
  });
});

describe('one text in two spellings', () => {
  it.each([
    ['((a  =  1))', 'A = 1', true],
    ['"a" = 1', 'a = 1', true],
    ['"A" = 1', 'a = 1', false],
    ["a = 'X'", "a = 'x'", false],
    ["a = 'x\\' or b = 'y'", "A = 'x\\' or B = 'y'", true],
  ])('%s and %s', (a, b, answer) => expect(postgresSql.sameText(a, b)).toBe(answer));
});

describe('parentheses', () => {
  it.each([
    ['(a)', true],
    ['((a) + (b))', true],
    [' (a) ', true],
    ['(a) + (b)', false],
    ["('(') || (')')", false],
    ["(')' || b)", true],
    ['a', false],
    ['(a', false],
    ['(a /* ) */)', true],
    ["('\\') or (b)", false],
  ])('%s are around all of it: %s', (expression, answer) =>
    expect(postgresSql.isParenthesised(expression)).toBe(answer),
  );
});

describe('a list', () => {
  it.each([
    ['a, b', true],
    ['f(a, b)', false],
    [`a || ','`, false],
    ['f(a), b', true],
  ])('%s is one: %s', (expression, answer) => expect(postgresSql.splitList(expression).length > 1).toBe(answer));
});

describe('the types that are cast to', () => {
  it.each([
    ["a <> (''::citext)::text", ['citext', 'text']],
    ["a <> '::int' or a = 1", []],
    ['a = \'x\'::"My Type" or "b::int" > 1', ['"My Type"']],
    ["a = 'x'::app.state and b = '2020'::timestamp without time zone", ['app.state', 'timestamp without time zone']],
    ['a > 1::numeric(10,2)', ['numeric(10,2)']],
  ])('of %s', (expression, types) => expect([...postgresSql.castTypes(expression)]).toEqual(types));
});

describe('a generated column', () => {
  it.each([
    ['a + 1 stored', '(a + 1) stored'],
    ['(a) + (1) virtual', '((a) + (1)) virtual'],
    ['(a + 1) stored', '(a + 1) stored'],
    ['a + 1', '(a + 1)'],
    ['identity', 'identity'],
    ['by default as identity', 'by default as identity'],
  ])('%s is written %s', (generated, clause) => expect(postgresSql.generatedClause(generated)).toBe(clause));
});
