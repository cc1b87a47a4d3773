/** What the text of a statement tells of the settings of a session on PostgreSQL. */
import { expect, it } from '@jest/globals';
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
])('%s: %s', (kept, sql) => {
  expect(postgresSettings.keptBy?.(sql)).toBe(kept);
});
