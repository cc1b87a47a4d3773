/** Texts of MySQL and MariaDB under the new name of a table or a column. */
import { describe, expect, it } from '@jest/globals';
import { triggerAfterRename, viewAfterRename } from '../../../libs/nest-migrate/src/engines/mysql/ddl/renamed-texts.js';

const column = { kind: 'column', table: 't', from: 'a', to: 'z' } as const;
const table = { kind: 'table', from: 't', to: 'n' } as const;

describe('a view', () => {
  it.each([
    [
      'names its columns',
      'select `t`.`a` AS `a` from `t`',
      'select `t`.`z` AS `a` from `t`',
      'select `n`.`a` AS `a` from `n`',
    ],
    ['is not of the table', 'select `u`.`a` AS `t` from `u`', undefined, undefined],
    [
      'has a text and an alias of the name',
      "select concat('`t`.`a`',`t`.`A`) AS `t` from `t` order by `t`",
      "select concat('`t`.`a`',`t`.`z`) AS `t` from `t` order by `t`",
      "select concat('`t`.`a`',`n`.`A`) AS `t` from `n` order by `t`",
    ],
    [
      'joins the table to itself',
      'select `x`.`a` AS `a` from (`t` `x` join `t` on((`t`.`a` = `x`.`a`)))',
      'select `x`.`z` AS `a` from (`t` `x` join `t` on((`t`.`z` = `x`.`z`)))',
      'select `x`.`a` AS `a` from (`n` `x` join `n` on((`n`.`a` = `x`.`a`)))',
    ],
    [
      'reads a query',
      'select `q`.`a` AS `a` from ((select `t`.`a` AS `a` from `t`) `q` join `u`)',
      'select `q`.`a` AS `a` from ((select `t`.`z` AS `a` from `t`) `q` join `u`)',
      'select `q`.`a` AS `a` from ((select `n`.`a` AS `a` from `n`) `q` join `u`)',
    ],
    [
      'has a list of queries',
      'with c as (select `t`.`a` AS `a` from `t`)select `c`.`a` AS `a` from `c`',
      'with c as (select `t`.`z` AS `a` from `t`)select `c`.`a` AS `a` from `c`',
      'with c as (select `n`.`a` AS `a` from `n`)select `c`.`a` AS `a` from `c`',
    ],
    [
      'calls another table by the new name',
      'select `t`.`a` AS `a` from (`t` join `u` `n`)',
      'select `t`.`z` AS `a` from (`t` join `u` `n`)',
      'select `t`.`a` AS `a` from (`n` `t` join `u` `n`)',
    ],
  ])('that %s is restated', (_, text, ofColumn, ofTable) => {
    expect(viewAfterRename(text, column)).toBe(ofColumn ?? text);
    expect(viewAfterRename(text, table)).toBe(ofTable ?? text);
  });

  it.each([
    [
      'another table has the name in a part of it',
      'select `t`.`a` from `t` where exists(select 1 from `u` `t` where `t`.`a`)',
    ],
    ['a query has the name', 'with `t` as (select 1 AS `a`) select `t`.`a` AS `a` from `t`'],
    ['the name is followed by what is not read', 'select `x`.`a` AS `a` from `t` PARTITION (`p`) `x`'],
  ])('is left alone where %s', (_, text) => {
    expect(viewAfterRename(text, column)).toBeUndefined();
    expect(viewAfterRename(text, table)).toBeUndefined();
  });
});

it('a trigger names the new column of its row as it named the old one', () => {
  const statement = "create trigger a before update on t for each row set new.b = concat(OLD . `a`, new.A, 'new.a', a)";
  expect(triggerAfterRename(statement, column)).toBe(
    "create trigger a before update on t for each row set new.b = concat(OLD . `z`, new.z, 'new.a', a)",
  );
  expect(triggerAfterRename('set new.a = 1', { ...column, to: 'a b' })).toBe('set new.`a b` = 1');
});
