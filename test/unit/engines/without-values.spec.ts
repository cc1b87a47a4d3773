import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MySqlPlatform } from '@mikro-orm/mysql';
import { PostgreSqlPlatform } from '@mikro-orm/postgresql';
import { SqlitePlatform } from '@mikro-orm/sqlite';
import { mysqlLexicalRules } from '../../../libs/nest-migrate/src/engines/mysql/lexical-rules.js';
import { postgresLexicalRules } from '../../../libs/nest-migrate/src/engines/postgres/lexical-rules.js';
import { sqliteLexicalRules } from '../../../libs/nest-migrate/src/engines/sqlite/lexical-rules.js';
import { formatSql } from '../../../libs/nest-migrate/src/engines/sql/quoting.js';
import { withoutValues } from '../../../libs/nest-migrate/src/engines/sql/without-values.js';

const engines = [
  { name: 'PostgreSQL', platform: new PostgreSqlPlatform(), rules: postgresLexicalRules },
  { name: 'MySQL', platform: new MySqlPlatform(), rules: mysqlLexicalRules },
  { name: 'SQLite', platform: new SqlitePlatform(), rules: sqliteLexicalRules },
] as const;

describe('SQL without values', () => {
  it.each([
    ['values', "insert into book values (1, 2.5, 'x', null)", 'insert into book values (?, ?, ?, null)', 'insert'],
    [
      'sizes stay',
      'alter table "b2" add "c" varchar(20) default \'x\'',
      'alter table "b2" add "c" varchar(20) default ?',
      'alter table',
    ],
    ['comments', 'update t set a = b -- secret\n/* secret */ where c', 'update t set a = b where c', 'update'],
    ['a password', "alter user bob identified by 'secret'", 'alter user bob identified by ?', 'alter user'],
    [
      'a body',
      'create or replace function f() returns int as $$ select 1 $$',
      'create or replace function f() returns int as ?',
      'create function',
    ],
    [
      'modifiers',
      'create unique index concurrently i on t (a)',
      'create unique index concurrently i on t (a)',
      'create index',
    ],
    ['nothing', ' -- only this', '', ''],
  ])('%s', (_, sql, text, command) => {
    expect(withoutValues(sql, postgresLexicalRules)).toEqual({ text, command });
  });

  it.each(engines)('is the same whatever the values are, on $name', ({ platform, rules }) => {
    const texts = fc.string({
      unit: fc.constantFrom("'", '"', '\\', '`', '$', '?', '-', '/', '*', '\n', 'a', '1', 'é'),
      maxLength: 12,
    });
    const shape = (text: string, number: number): string =>
      withoutValues(formatSql(platform, 'update book set a = ?, b = ? where c', [text, number]), rules).text;
    fc.assert(
      fc.property(texts, fc.nat(), (text, number) => {
        expect(shape(text, number)).toBe('update book set a = ?, b = ? where c');
      }),
    );
  });
});
