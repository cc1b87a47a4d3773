/** Names and literals that break what quotes carelessly, through real engines. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import fc from 'fast-check';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Engine as Dialect } from '../../../libs/nest-migrate/src/engines/engine.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type Value } from '../../../libs/nest-migrate/src/operations/value.js';
import { createDatabase, type Engine, allEngines, type TestDatabase } from '../../support/databases.ts';
import { isTurn } from '../../support/turns.ts';
import { Catalogue } from './catalogue.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const {
  addColumn,
  alterColumn,
  dropColumn,
  renameColumn,
  createCheckConstraint,
  dropConstraint,
  bulkInsert,
  execute,
  createIndex,
  dropIndex,
  renameIndex,
  createRoutine,
  dropRoutine,
  alterEnum,
  createEnum,
  dropEnum,
  createTable,
  dropTable,
  renameTable,
  createTrigger,
  dropTrigger,
  createView,
  dropView,
} = builders;

const names = {
  quotes: `it's "so" \`called\``,
  'quotes alone': `'"\``,
  'doubled quotes': `''""\`\``,
  backslashes: String.raw`a\b\\c\'`,
  'a last backslash': 'a\\',
  semicolons: `a; drop table "b"; --`,
  comments: '/* a */ -- b # c',
  dots: 'a.b..c',
  'a first dot': '.a',
  'a keyword': 'select',
  'another keyword': 'Order',
  'mixed case': 'MixedCase',
  'an inner space': 'two  words',
  digits: '123',
  placeholders: '? ?? :a $1 $$ $& %s {0}',
  'line ends': 'a\nb\tc',
  brackets: '[a](b){c}<d>',
  letters: 'naïve ß İ ñ 表',
  'a symbol beyond ASCII': '\u2764\ufe0f',
  'an emoji': '\u{1F600}',
  'the name of every prototype': '__proto__',
  '63 characters': 'x'.repeat(63),
  '64 characters': 'x'.repeat(64),
  '65 characters': 'x'.repeat(65),
  '64 bytes': 'é'.repeat(32),
} as const;

/** Names that an engine cannot have, and what is said. */
const refused: Partial<Record<keyof typeof names, Partial<Record<Engine, RegExp>>>> = {
  'an emoji': { mysql: /to utf8mb3/, mariadb: /utf8mb3_general_ci/ },
  '64 characters': {
    postgres: /the name 'px+' has 64 bytes, of which PostgreSQL keeps 63\. Shorten it\./,
    pglite: /the name 'px+' has 64 bytes, of which PostgreSQL keeps 63\. Shorten it\./,
  },
  '65 characters': {
    postgres: /has 65 bytes/,
    pglite: /has 65 bytes/,
    mysql: /Identifier name 'px+' is too long/,
    mariadb: /Incorrect table name 'px+'/,
  },
  '64 bytes': { postgres: /has 64 bytes/, pglite: /has 64 bytes/ },
};

const families: readonly (readonly Engine[])[] = [['postgres', 'pglite'], ['mysql', 'mariadb'], ['sqlite']];

describe.each(allEngines)('on %s', (engine) => {
  const isPostgres = engine === 'postgres' || engine === 'pglite';
  let database: TestDatabase;
  let orm: MikroORM;
  let dialect: Dialect;
  let catalogue: Catalogue;

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } });
    await orm.connect();
    dialect = engineFor(orm);
    catalogue = new Catalogue(orm.em, dialect);
    if (engine === 'sqlite') await catalogue.rows('pragma foreign_keys = off');
  });
  afterAll(async () => {
    await orm?.close(true);
    await database?.drop();
  });

  const apply = async (...operations: readonly Operation[]): Promise<void> => {
    for (const operation of operations) await catalogue.apply(operation);
  };
  /** Another name as strange and as long. */
  const other = (letter: string, name: string): string =>
    name.length > 30 ? `${letter}${name.slice(1)}` : `${letter}${name}`;
  const body = isPostgres ? 'return new;' : engine === 'sqlite' ? 'select 1;' : 'set @a = 1;';

  // engines of one family write names alike: each name on one of them, the next day on the other
  const family = families.find((one) => one.includes(engine)) ?? [];
  const ofRun = Object.entries(names).filter((_, index) => isTurn(index, engine, family));
  it.each(ofRun)('a name with %s is one name for all that can have one', async (what, name) => {
    const reason = refused[what as keyof typeof names]?.[engine];
    const parent = other('p', name);
    const create = createTable(name, {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true },
        // a default that is text, on an engine whose text has none, is an expression there
        [name]: { type: 'string', length: 200, default: name, comment: name },
        [other('e', name)]: { type: 'enum', items: [name, 'x'], default: name },
        [other('r', name)]: { type: 'integer', nullable: true },
      },
      indexes: [{ name: other('i', name), columns: [name] }],
      uniques: [{ name: other('u', name), columns: [name, 'id'] }],
      checks: [{ name: other('c', name), expression: `${dialect.sql.quote(name)} <> ''` }],
      foreignKeys: [
        { name: other('f', name), columns: other('r', name), referencedTable: parent, referencedColumns: name },
      ],
      comment: name,
    });
    const createParent = createTable(parent, { columns: { [name]: { type: 'integer', primary: true } } });
    if (reason !== undefined) {
      await expect(apply(createParent)).rejects.toThrow(reason);
      return;
    }
    await apply(createParent, create);
    await apply(
      bulkInsert(name, [
        { [name]: name, [other('e', name)]: 'x' },
        { [name]: 'y', [other('e', name)]: name },
      ]),
    );
    await apply(
      execute(`insert into ${dialect.sql.quote(name)} (${dialect.sql.quote(other('r', name))}) values (null)`),
    );
    const read = async (column: string): Promise<readonly unknown[]> =>
      (
        await catalogue.rows(`select ${dialect.sql.quote(column)} as it from ${dialect.sql.quote(name)} order by id`)
      ).map(({ it: value }) => value);
    expect(await read(name)).toEqual([name, 'y', name]);
    expect(await read(other('e', name))).toEqual(['x', name, name]);

    await apply(
      createView(other('v', name), `select ${dialect.sql.quote(name)} from ${dialect.sql.quote(name)}`),
      dropView(other('v', name)),
      addColumn(name, other('a', name), { type: 'text', nullable: true, comment: name }),
      createCheckConstraint(name, `${dialect.sql.quote(other('a', name))} <> 'z'`, { name: other('k', name) }),
      createTrigger(name, other('t', name), {
        timing: engine === 'sqlite' ? 'after' : 'before',
        events: 'update',
        body,
      }),
      dropTrigger(name, other('t', name)),
      dropConstraint(name, other('k', name), { type: 'check' }),
      alterColumn(
        name,
        name,
        { default: `${name}!`, nullable: true },
        { existing: { type: 'string', length: 200, default: name, comment: name } },
      ),
      renameIndex(name, other('i', name), other('j', name)),
      dropIndex(name, other('j', name)),
      createIndex(name, [{ name, sort: 'desc' }], { name: other('i', name) }),
      dropColumn(name, other('a', name)),
      dropConstraint(name, other('f', name), { type: 'foreignKey' }),
      dropConstraint(name, other('c', name), { type: 'check' }),
    );
    await apply(
      execute(`insert into ${dialect.sql.quote(name)} (${dialect.sql.quote(other('r', name))}) values (null)`),
    );
    expect((await read(name)).at(-1)).toBe(`${name}!`);
    if (engine !== 'sqlite') {
      const routine = { type: 'function', returns: 'int', deterministic: true } as const;
      const parameter = { name: other('q', name), type: 'int' };
      const value = dialect.sql.quote(parameter.name);
      await apply(
        createRoutine(other('g', name), {
          ...routine,
          params: [parameter],
          body: isPostgres ? `select ${value}` : `return ${value};`,
          comment: name,
        }),
      );
      expect(await catalogue.rows(`select ${dialect.sql.quote(other('g', name))}(7) as it`)).toEqual([{ it: 7 }]);
      await apply(dropRoutine(other('g', name), { type: 'function' }));
    }
    if (isPostgres) {
      // in the type of a column a dot parts the schema from the name, as in MikroORM
      const [label, type] = [name.slice(0, 60), other('n', name).replaceAll('.', ':')];
      await apply(
        createEnum(type, [label, 'x']),
        addColumn(name, 'mood', { type: 'enum', nativeEnumName: type, items: [label, 'x'], default: label }),
        alterEnum(type, [`+${label}`, label, 'x'], { existing: [label, 'x'] }),
        alterEnum(type, [label], {
          existing: [`+${label}`, label, 'x'],
          columns: [{ table: name, column: 'mood', defaultRaw: dialect.ddl.format('?', [label]) }],
        }),
      );
      expect(await catalogue.rows(`select distinct mood::text as it from ${dialect.sql.quote(name)}`)).toEqual([
        { it: label },
      ]);
      await apply(dropColumn(name, 'mood'), dropEnum(type));
    }
    await apply(
      renameColumn(name, name, other('m', name)),
      renameTable(name, other('w', name)),
      dropTable(other('w', name)),
      dropTable(parent),
    );
  });

  it('any text and any bytes come back as they were given: in rows, statements, defaults, checks and items', async () => {
    // what UTF-8 has no bytes for is no text, and PostgreSQL stores no zero character
    const text = fc
      .oneof(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({
          unit: fc.constantFrom(...`'"\`\\;$?%-/*\n\r\t\u2028x`, '\\0', '??', '\\?', "\\'", '$$', '\u{1F600}'),
          maxLength: 30,
        }),
      )
      .map((value) => value.replaceAll('\0', '').replaceAll('\ufdd0', ''));
    const table = 'any literal';
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.uint8Array({ maxLength: 20 }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        async (value, bytes, big) => {
          const empty = value.trim() === '';
          await apply(
            createTable(table, {
              columns: {
                id: { type: 'integer', primary: true },
                given: { type: 'string', length: 200 },
                defaulted: { type: 'string', length: 200, default: value },
                chosen: { type: 'enum', items: ['other', ...(empty ? [] : [value])], default: 'other' },
                bytes: { type: 'blob' },
                big: { type: 'bigint' },
              },
              checks: [{ name: 'any_check', expression: `given <> ${dialect.ddl.format('?', [`${value}!`])}` }],
            }),
          );
          try {
            const row: Record<string, Value> = { id: 1, given: value, chosen: empty ? 'other' : value, bytes, big };
            await apply(bulkInsert(table, [row]));
            await apply(
              execute('insert into ?? (id, given, bytes, big) values (?, ?, ?, ?)', [table, 2, value, bytes, big]),
            );
            const digits = engine === 'sqlite' ? 'cast(big as text)' : 'big';
            const rows = await catalogue.rows(
              `select given, defaulted, bytes, ${digits} as big, chosen from ${dialect.sql.quote(table)} order by id`,
            );
            for (const found of rows) {
              expect([found['given'], found['defaulted'], String(found['big'])]).toEqual([value, value, String(big)]);
              expect(new Uint8Array(found['bytes'] as Uint8Array)).toEqual(bytes);
            }
            expect(rows.map(({ chosen }) => chosen)).toEqual([row['chosen'], 'other']);
            await expect(apply(execute('update ?? set given = ?', [table, `${value}!`]))).rejects.toThrow();
          } finally {
            await apply(dropTable(table));
          }
        },
      ),
      { numRuns: 50, seed: 5 },
    );
  });
});
