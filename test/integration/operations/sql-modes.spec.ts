/** A text is the same text whatever the server's settings make of a backslash, in a run and in a script. */
import { MikroORM } from '@mikro-orm/sql';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type SqlSession } from '../../../libs/nest-migrate/src/engines/session/sql-session.js';
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

const postgresComments =
  "select col_description('thing'::regclass, 2) as by_column, obj_description('thing'::regclass) as by_table";
const mysqlComments = `select (select column_comment from information_schema.columns where table_schema = database()
  and table_name = 'thing' and column_name = 'by_default') as by_column, (select table_comment from information_schema.tables
  where table_schema = database() and table_name = 'thing') as by_table`;

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

  const settings = isPostgres ? 'show standard_conforming_strings' : 'select @@session.sql_mode as mode';
  const settingOf = (mode: string): string =>
    isPostgres
      ? `set standard_conforming_strings = ${mode}`
      : `set session sql_mode = concat(@@global.sql_mode, ',${mode}')`;

  const session = { query, execute: async (sql: string) => Number(await query(sql).then(() => 0)) } as SqlSession;

  const inRun = async (mode: string, operations: readonly Operation[]): Promise<void> => {
    const { ddl, session: rules } = engineFor(orm);
    await query(settingOf(mode));
    const [before] = await query(settings);
    for (const statement of operations.flatMap((operation) => ddl.statements(operation))) {
      if (statement.portable === undefined) await query(statement.sql);
      else await rules.escaping!(session, statement, query);
    }
    expect(await query(settings)).toEqual([before]);
  };
  const inScript = async (mode: string, operations: readonly Operation[]): Promise<void> => {
    const engineOf = engineFor(orm);
    const script = engineOf.script('nest_migrate_version', undefined, 1000);
    const lines = [`${settingOf(mode)};`, ...script.opening];
    for (const { sql, portable } of operations.flatMap((operation) => engineOf.ddl.statements(operation))) {
      const { before = [], after = [] } = (portable !== undefined && script.escaping) || {};
      lines.push(...before, script.statement(portable ?? sql), ...after);
    }
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
            by_expression: { type: 'text', default: text },
            item: { type: 'enum', items: ['other', plain], default: plain },
          },
        }),
        bulkInsert('thing', [{ id: 1, by_row: text }]),
        execute('update thing set by_parameter = ? where by_row = ?', [text, text]),
      ];
      await send(mode, operations);
      await query(settingOf(mode));
      expect(await query('select by_default, by_row, by_parameter, by_expression, item from thing')).toEqual([
        { by_default: text, by_row: text, by_parameter: text, by_expression: text, item: plain },
      ]);
      expect(await query('select id from victim')).toEqual([]);
      const [comment] = await query(
        isPostgres
          ? `select col_description('thing'::regclass, 2) as text`
          : `select column_comment as text from information_schema.columns
              where table_schema = database() and table_name = 'thing' and column_name = 'by_default'`,
      );
      expect(comment).toEqual({ text: plain });
    });
  });

  it.each(modes[engine])('any text goes round as value, default, comment and item, in the mode %s', async (mode) => {
    const pieces = [
      "'",
      '"',
      '\\',
      '\n',
      '\r',
      '%',
      '_',
      '\0',
      '\x1a',
      '\u{1F600}',
      'é',
      'n',
      'Z',
      '0',
      '`',
      '?',
      ';',
      '--',
      ' ',
    ];
    const kept = isPostgres ? pieces.filter((piece) => piece !== '\0') : pieces;
    // the catalogue of MySQL and MariaDB has three bytes for a character
    const plain = kept.filter((piece) => isPostgres || (piece !== '\u{1F600}' && piece !== '\0'));
    // an item loses blanks at its end on MySQL and MariaDB
    const said = (from: readonly string[]): fc.Arbitrary<string> =>
      fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 12 }).map((all) => `${all.join('')}x`);
    const values = fc.record({ text: said(kept), plain: said(plain), item: said(plain) });
    await fc.assert(
      fc.asyncProperty(values, async ({ text, plain: comment, item }) => {
        await query('drop table if exists thing');
        await inRun(mode, [
          createTable('thing', {
            columns: {
              id: { type: 'integer', primary: true },
              by_default: { type: 'string', length: 200, default: text, comment },
              by_expression: { type: 'text', default: text },
              by_row: { type: 'text', nullable: true },
              item: { type: 'enum', items: ['other', item], default: item },
            },
            comment,
          }),
          bulkInsert('thing', [{ id: 1, by_row: text }]),
        ]);
        await query(settingOf(mode));
        expect(await query('select by_default, by_expression, by_row, item from thing')).toEqual([
          { by_default: text, by_expression: text, by_row: text, item },
        ]);
        expect(await query(isPostgres ? postgresComments : mysqlComments)).toEqual([
          { by_column: comment, by_table: comment },
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it('a name with a carriage return and a line feed keeps both in a script, or is refused', () => {
    const script = engineFor(orm).script('nest_migrate_version', undefined, 1000);
    if (isPostgres) expect(script.statement('create table "a\r\nb" (id int)')).toContain('"a\r\nb"');
    else expect(() => script.statement('create table `a\r\nb` (id int)')).toThrow(/a carriage return and a line feed/);
  });
});
