/** What the text of a statement tells of the settings of a session. */
import { expect, it } from '@jest/globals';
import { mysqlSettings, mysqlVariables } from '../../../libs/nest-migrate/src/engines/mysql/session/settings.ts';
import { sqliteSettings } from '../../../libs/nest-migrate/src/engines/sqlite/session/settings.ts';
import { postgresSettings } from '../../../libs/nest-migrate/src/engines/postgres/session/settings.ts';

it.each([
  ['settings', 'create table "a" ("id" serial primary key, "name" varchar(255) not null)'],
  ['settings', 'create unique index "i" on "a" ("b", "c")'],
  ['settings', 'alter table "a" add column "b" int null, drop column "c"; comment on table "a" is \'set role x\''],
  ['settings', '-- a note\nDROP TABLE a'],
  ['rights', 'alter table a add column b int default f()'],
  ['rights', 'create index i on a (f(b))'],
  ['rights', 'create table a (b int check (f(b)))'],
  ['rights', 'alter table a alter column b type int using f(b)'],
  ['rights', 'create view v as select f()'],
  ['nothing', 'create table a as select f()'],
  ['nothing', 'create temp table a (b int)'],
  ['nothing', "alter table a add column b text default set_config('role', 'x', false)"],
  ['nothing', 'alter role x set search_path = y'],
  ['nothing', 'create table a (b int); set role x'],
  ['nothing', 'create extension x'],
  ['nothing', 'select f()'],
  ['nothing', 'do $$ begin set role x; end $$'],
  ['nothing', 'insert into a values (1)'],
])('on PostgreSQL, %s: %s', (kept, sql) => {
  expect(postgresSettings.keptBy?.(sql)).toBe(kept);
});

it.each([
  [
    'settings',
    "create table `a` (`id` int not null auto_increment primary key, `b` int default (1 + 1) comment 'set role x')",
  ],
  ['settings', 'create or replace table a (n int)'],
  ['settings', '# a note\nALTER TABLE a add column b int, drop column c, algorithm = instant'],
  ['settings', 'create unique index i on a ((lower(b)))'],
  ['settings', 'rename table a to b, c to d'],
  ['settings', 'drop table a; drop view v'],
  ['nothing', 'create table a select f() as n'],
  ['nothing', 'create table a (n int) /*! select f() as n */'],
  ['nothing', "create table a (n int comment '\\') select f('x') as n"],
  ['nothing', 'create table a values row(f())'],
  ['nothing', 'create table a as table b'],
  ['nothing', 'create table a (n int); set sql_mode = ansi'],
  ['nothing', '/*!50000 set role x */'],
  ['nothing', 'set statement max_statement_time = 1 for drop table a'],
  ['nothing', 'drop database a'],
  ['nothing', 'create view v as select f()'],
  ['nothing', 'call p()'],
  ['nothing', 'insert into a set n = f()'],
  ['nothing', 'begin not atomic drop table a; set role x; end'],
])('on MySQL and MariaDB, %s: %s', (kept, sql) => {
  expect(mysqlSettings(mysqlVariables).keptBy?.(sql)).toBe(kept);
});

it.each([
  ['settings', 'create table a as select f() as n'],
  ['settings', 'insert into a values (1)'],
  ['nothing', 'PRAGMA legacy_alter_table = on'],
  ['nothing', 'insert into a values (1); pragma main.cache_size(7)'],
  ['nothing', 'select * from pragma_cache_size'],
  ['nothing', "attach ':memory:' as other"],
  ['nothing', 'detach database other'],
  ['nothing', "select load_extension('x')"],
])('on SQLite, %s: %s', (kept, sql) => {
  expect(sqliteSettings.keptBy?.(sql)).toBe(kept);
});
