/** A text is the same text whatever the server's settings make of a backslash, in a run and in a script. */
import { MikroORM } from '@mikro-orm/sql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { runScript } from '../../support/scripts.ts';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const { bulkInsert, execute, createTable } = builders;

const texts = {
  'an apostrophe': "it's",
  'a backslash': 'a\\b',
  'a last backslash': 'a\\',
  'a backslash before an apostrophe': "\\'; drop table victim; -- x",
  'two backslashes before an apostrophe': "\\\\'; drop table victim; -- x",
  'an apostrophe that ends': "'; drop table victim; -- x",
  'what a pattern is made of': '%_\\%\\_',
  'escapes that are none': '\\n\\0\\Z\\"',
  'commands of a client': 'a\ndelimiter //\nsource b\n\\! c;\nd',
  'line ends': 'a\r\nb\nc\rd',
  'control characters': 'a\x1ab\x08c',
  'letters and signs': 'naïve \u{1F600} ?? ? :a',
} as const;

const modes = {
  mysql: ['STRICT_TRANS_TABLES', 'NO_BACKSLASH_ESCAPES'],
  mariadb: ['STRICT_TRANS_TABLES', 'NO_BACKSLASH_ESCAPES'],
  postgres: ['on', 'off'],
} as const;

describe.each(['mysql', 'mariadb', 'postgres'] as const)('texts on %s', (engine) => {
  const isPostgres = engine === 'postgres';
  let database: TestDatabase;
  let orm: MikroORM;

  const query = async (sql: string): Promise<Record<string, unknown>[]> =>
    orm.em.getConnection().execute<Record<string, unknown>[]>(sql);

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await MikroORM.init({
      ...database.options,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 1, max: 1 },
    });
    await query('create table victim (id int)');
  });
  afterAll(async () => {
    await orm?.close(true);
    await database?.drop();
  });
  afterEach(async () => {
    await query(isPostgres ? 'reset standard_conforming_strings' : 'set session sql_mode = @@global.sql_mode');
    await query('drop table if exists thing');
  });

  const settingOf = (mode: string): string =>
    isPostgres
      ? `set standard_conforming_strings = ${mode}`
      : `set session sql_mode = concat(@@global.sql_mode, ',${mode}')`;

  const inRun = async (mode: string, statements: readonly string[]): Promise<void> => {
    await query(settingOf(mode));
    for (const sql of statements) await query(sql);
  };
  const inScript = async (mode: string, statements: readonly string[]): Promise<void> => {
    const script = engineFor(orm).script('nest_migrate_version', undefined, 1000);
    const lines = [`${settingOf(mode)};`, ...script.opening, ...statements.map((sql) => script.statement(sql))];
    expect(await runScript({ database, orm }, `${lines.join('\n')}\n`)).toMatchObject({ code: 0, stderr: '' });
  };

  const cases = Object.entries(texts).flatMap(([what, text]) => modes[engine].map((mode) => ({ what, text, mode })));

  describe.each([
    ['a run', inRun],
    ['a script', inScript],
  ] as const)('in %s', (_where, send) => {
    it.each(cases)('$what is what it is, in the mode $mode', async ({ text, mode }) => {
      // the catalogue of MySQL and MariaDB has three bytes for a character, and a script's client changes line ends
      const plain = /[\r\u{10000}-\u{10ffff}]/u.test(text) ? 'none' : text;
      const operations: readonly Operation[] = [
        createTable('thing', {
          columns: {
            id: { type: 'integer', primary: true },
            by_default: { type: 'string', length: 200, default: text, comment: plain },
            by_row: { type: 'text', nullable: true },
            by_parameter: { type: 'text', nullable: true },
            item: { type: 'enum', items: ['other', plain], default: plain },
          },
        }),
        bulkInsert('thing', [{ id: 1, by_row: text }]),
        execute('update thing set by_parameter = ? where by_row = ?', [text, text]),
      ];
      await send(
        mode,
        operations.flatMap((operation) =>
          engineFor(orm)
            .ddl.statements(operation)
            .map(({ sql }) => sql),
        ),
      );
      // there MySQL and MariaDB take a plain string only, in which a backslash is two where none escapes
      const kept = mode === 'NO_BACKSLASH_ESCAPES' ? plain.replaceAll('\\', '\\\\').replaceAll('\x1a', '\\Z') : plain;
      expect(await query('select by_default, by_row, by_parameter, item from thing')).toEqual([
        { by_default: text, by_row: text, by_parameter: text, item: kept },
      ]);
      expect(await query('select id from victim')).toEqual([]);
      const [comment] = await query(
        isPostgres
          ? `select col_description('thing'::regclass, 2) as text`
          : `select column_comment as text from information_schema.columns
              where table_schema = database() and table_name = 'thing' and column_name = 'by_default'`,
      );
      expect(comment).toEqual({ text: kept });
    });
  });

  it('a name with a carriage return and a line feed keeps both in a script, or is refused', () => {
    const script = engineFor(orm).script('nest_migrate_version', undefined, 1000);
    if (isPostgres) expect(script.statement('create table "a\r\nb" (id int)')).toContain('"a\r\nb"');
    else expect(() => script.statement('create table `a\r\nb` (id int)')).toThrow(/a carriage return and a line feed/);
  });
});
