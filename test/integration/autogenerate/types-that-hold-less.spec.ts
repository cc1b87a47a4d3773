/** PostgreSQL refuses a value that is too long for its column, also where a change of the type makes it so. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Row } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

const postgresOfToday = enginesByDialect('types-that-hold-less', ['postgres', 'pglite'] as const);

describe.each(postgresOfToday)('a type that holds less on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const rows = async (sql: string): Promise<readonly Row[]> => database.connection.execute<Row[]>(sql);
  const change = (from: string, to: string) =>
    database.apply([
      builders.alterColumn('t', 'a', { columnType: to }, { existing: { columnType: from, nullable: true } }),
    ]);

  const shorter: readonly (readonly [from: string, to: string, long: string, short: string])[] = [
    ['varchar(50)', 'varchar(3)', "'longer'", "'abc'"],
    ['character varying(50)', 'varchar(3)', "'longer'", "'abc'"],
    ['text', 'varchar(3)', "'longer'", "'abc'"],
    ['char(6)', 'char(3)', "'longer'", "'abc'"],
    ['text', 'char(3)', "'longer'", "'abc'"],
    ['integer', 'varchar(3)', '12345', '123'],
    ['bigint', 'char(3)', '12345', '123'],
    ['uuid', 'varchar(3)', 'gen_random_uuid()', 'null'],
    ['jsonb', 'varchar(3)', `'{"a": 1}'`, `'1'`],
    ['boolean', 'varchar(4)', 'false', 'true'],
    ['varchar(50)[]', 'varchar(3)[]', "array['longer']", "array['abc']"],
    ['text[]', 'varchar(3)[]', "array['longer']", "array['abc']"],
    ['integer[]', 'varchar(3)[]', 'array[12345]', 'array[123]'],
    ['bit(6)', 'bit(3)', "b'101010'", 'null'],
    ['bit varying(6)', 'varbit(3)', "b'101010'", "b'101'"],
    ['numeric(10,2)', 'numeric(4,2)', '1234.5', '12.34'],
    ['bigint', 'integer', '12345678901', '123'],
  ];
  it.each(shorter)(
    '%s to %s fails on a value that is too long, and keeps one that is not',
    async (from, to, long, short) => {
      await database.execute(`create table t (a ${from})`, `insert into t values (${long})`);
      await expect(change(from, to)).rejects.toThrow(/too long|out of range|overflow|does not match/);
      await database.execute('delete from t', `insert into t values (${short})`);
      const before = await rows('select a::text from t');
      await change(from, to);
      expect(await rows('select a::text from t')).toEqual(before);
    },
  );

  it('any type that the server has becomes a text', async () => {
    const types = await rows(
      `select format_type(oid, null) as type from pg_type t
        where (typelem = 0 or exists (select 1 from pg_type e where e.oid = t.typelem and e.typtype = 'b')) and typtype = 'b' and typcategory not in ('X', 'Z') and typnamespace = 'pg_catalog'::regnamespace
          and format_type(oid, null) <> 'cstring[]' order by 1`,
    );
    expect(types.length).toBeGreaterThan(50);
    await database.execute("create type mood as enum ('sad')");
    const refused: string[] = [];
    for (const from of [...types.map(({ type }) => String(type)), 'mood', 'mood[]']) {
      for (const to of ['text', 'varchar(3)', 'char(3)']) {
        await database.execute('drop table if exists t', `create table t (a ${from})`);
        await change(from, to).catch((error: Error) => refused.push(`${from} to ${to}: ${error.message}`));
      }
    }
    expect(refused).toEqual([]);
  });

  it('a longer text is no new table', async () => {
    await database.execute('create table t (a varchar(50))');
    const file = (): Promise<readonly Row[]> => rows(`select pg_relation_filenode('t')::text as file`);
    const before = await file();
    await change('varchar(50)', 'varchar(80)');
    await change('varchar(80)', 'text');
    expect(await file()).toEqual(before);
  });

  it('a value of an enum gets another name while an array of it is a default, there and back', async () => {
    const person = (items: readonly string[], value: readonly string[]): Entities => [
      defineEntity({
        name: 'Person',
        properties: {
          id: p.integer().primary(),
          moods: p
            .enum(items)
            .array()
            .nativeEnumName('mood')
            .default(value as never),
        } as never,
      }) as never,
    ];
    const names = [
      ['sad', 'blue'],
      ["o'sad", 'it"blue'],
      ['so sad', 'so blue'],
    ] as const;
    for (const [old, now] of names) {
      await database.reset();
      const [v1, v2] = [person([old, 'ok'], [old, 'ok']), person([now, 'ok'], [now, 'ok'])];
      await database.build(v1);
      await database.execute('insert into person default values');
      const schema = await database.schema();
      const change = await database.compare(v2, { renames: [`mood.${old}:${now}`] });
      await database.apply(change.upgrade);
      expect(await database.difference(v2)).toBe('');
      await database.execute('insert into person default values');
      expect(await rows('select array_to_string(moods, chr(44)) as m from person')).toEqual(
        Array(2).fill({ m: `${now},ok` }),
      );
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
      await database.apply(change.upgrade);
      expect(await database.difference(v2)).toBe('');
    }
  });
});
