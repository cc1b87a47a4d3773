import { describe, expect, it } from '@jest/globals';
import { shapeOf } from '../../../libs/nest-migrate/src/engines/mysql/impact/statement-shape.ts';

function asserted(sql: string): string {
  const shape = shapeOf(sql);
  return shape.kind === 'alteration' ? shape.asserting({ algorithm: 'INPLACE', lock: 'NONE' }) : shape.kind;
}

describe('an alteration of MySQL and MariaDB', () => {
  it.each([
    ['alter table t add a int', 'alter table t algorithm = INPLACE, lock = NONE, add a int'],
    [
      '/* x */ ALTER TABLE `a``b`.`t` ADD a int',
      '/* x */ ALTER TABLE `a``b`.`t` algorithm = INPLACE, lock = NONE, ADD a int',
    ],
    [
      'alter table if exists t wait 5 add a int',
      'alter table if exists t wait 5 algorithm = INPLACE, lock = NONE, add a int',
    ],
    ['alter table t partition by hash(id)', 'alter table t algorithm = INPLACE, lock = NONE partition by hash(id)'],
    ['create unique index i on t (a);', 'create unique index i on t (a) algorithm = INPLACE lock = NONE'],
    ['drop index `i j` on `t`', 'alter table `t` algorithm = INPLACE, lock = NONE, drop index `i j`'],
  ])('%s asserts what it is told', (sql, expected) => {
    expect(asserted(sql)).toBe(expected);
  });

  it('tells the tables to which its foreign keys refer, and what it asserts itself', () => {
    const sql = 'alter table t add foreign key (a) references `p` (id), add lock int, algorithm=copy, lock = shared';
    expect(shapeOf(sql)).toMatchObject({
      table: 't',
      referenced: ['p'],
      changesForeignKeys: true,
      asserts: { algorithm: 'COPY', lock: 'SHARED' },
    });
  });
});

describe('another statement of MySQL and MariaDB', () => {
  it.each([
    ['rename table a to b, `c` to d', { kind: 'exclusive', tables: ['a', 'c'] }],
    ['drop table if exists a, s.b', { kind: 'exclusive', tables: ['a', 'b'] }],
    ['truncate t', { kind: 'exclusive', tables: ['t'] }],
    [
      'create definer = `u`@`%` trigger x before insert on t for each row set @a = 1',
      { kind: 'exclusive', tables: ['t'] },
    ],
    ['drop trigger x', { kind: 'exclusive', tables: [], trigger: 'x' }],
    ['create or replace sql security invoker view v as select 1', { kind: 'exclusive', tables: ['v'] }],
    ['alter algorithm = merge view v as select 1', { kind: 'exclusive', tables: ['v'] }],
    [
      'create table c (a int references p (id)) as select * from s',
      { kind: 'creation', referenced: ['p'], query: 'select * from s' },
    ],
    ['(select 1)', { kind: 'rows' }],
    ['with x as (select 1) select * from x', { kind: 'rows' }],
    ['call p()', { kind: 'program' }],
    ['set foreign_key_checks = 0', { kind: 'other' }],
    ['create procedure p() alter table t add a int', { kind: 'other' }],
  ])('%s is read', (sql, expected) => {
    expect(shapeOf(sql)).toMatchObject(expected);
  });
});
