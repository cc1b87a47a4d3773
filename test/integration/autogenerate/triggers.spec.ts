/** What a revision does about triggers beyond bringing them and taking them: they fire, and somebody else's stay. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { thing, viewEntity } from './single-features.js';
import { languageOf, watched } from './triggers.js';

const ofToday = enginesByDialect('triggers');
const postgresOfToday = enginesByDialect('triggers', ['postgres', 'pglite'] as const);
const withSqlite = enginesByDialect('triggers', ['postgres', 'pglite', 'sqlite'] as const);

describe.each(ofToday)('triggers on %s', (engine) => {
  const { timing, set } = languageOf(engine);
  const watch = (value: string, rest: object = {}): object => ({
    name: 'watch',
    timing,
    events: ['insert'],
    body: set('b', `'${value}'`),
    ...rest,
  });
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const insert = async (table = 'thing'): Promise<unknown> => {
    await database.execute(`insert into ${table} (a) values (1)`);
    const [row] = await database.connection.execute<{ b: unknown }[]>(
      `select b from ${table} order by id desc limit 1`,
    );
    return row?.b;
  };

  it('fire once the revision ran, as they were before it once it is taken back', async () => {
    await database.build(watched());
    const first = await database.compare(watched(watch('first')));
    await database.apply(first.upgrade);
    expect(await insert()).toBe('first');

    const second = await database.compare(watched(watch('second', { events: ['insert', 'update'] })));
    await database.apply(second.upgrade);
    expect(await insert()).toBe('second');
    await database.apply(second.downgrade);
    expect(await insert()).toBe('first');
    await database.apply(first.downgrade);
    expect(await insert()).toBeNull();
  });

  it('go with a table that goes, and come back with it', async () => {
    const other = defineEntity({ name: 'Other', properties: { id: p.integer().primary() } }) as never;
    await database.build([...watched(watch('kept')), other]);
    const { upgrade, downgrade, warnings } = await database.compare([other]);
    expect(upgrade.map(({ kind }) => kind)).toEqual(['dropTrigger', 'dropTable']);
    expect(warnings).toEqual([expect.stringContaining('drops table thing, which no entity has')]);
    await database.apply(upgrade);
    await database.apply(downgrade);
    expect(await insert()).toBe('kept');
  });

  it('follow a table that gets another name', async () => {
    const named = (tableName: string): Entities =>
      thing(
        { a: p.integer(), b: p.string().nullable() },
        { tableName, triggers: [watch('seen', { body: set('b', "'seen'").replaceAll('thing', tableName) })] },
      );
    await database.build(named('thing'));
    const { upgrade, downgrade } = await database.compare(named('item'), { renames: ['thing:item'] });
    await database.apply(upgrade);
    expect(await insert('item')).toBe('seen');
    expect(await database.difference(named('item'))).toBe('');
    await database.apply(downgrade);
    expect(await insert()).toBe('seen');
    expect(await database.difference(named('thing'))).toBe('');
  });

  it('that no entity has are dropped with a warning, unless somebody says otherwise', async () => {
    await database.build(watched(watch('by hand')));
    const { upgrade, warnings } = await database.compare(watched());
    expect(upgrade).toMatchObject([{ kind: 'dropTrigger', table: 'thing', name: 'watch' }]);
    expect(warnings).toEqual(['drops trigger watch on thing, which no entity has']);

    const another = watch('another', { name: 'another' });
    const left = {
      config: { schemaGenerator: { ignoreTriggers: true } },
      includeObject: {
        includeObject: ({ type, name }: { type: string; name: string }) => type !== 'trigger' || name !== 'watch',
      },
      includeName: { includeName: (name: string) => name !== 'watch' },
    };
    expect(await database.difference(watched(), { config: left.config })).toBe('');
    expect(await database.difference(watched(), left.includeObject)).toBe('');
    expect(await database.difference(watched(), left.includeName)).toBe('');
    // what is declared is created, and what is there is not altered
    const ignoring = await database.compare(watched(another, watch('changed')), { config: left.config });
    expect(ignoring.upgrade).toMatchObject([{ kind: 'createTrigger', name: 'another' }]);
  });

  it('that the engine has no words for are left out, with its reason', async () => {
    const wanted: Record<string, [object, string]> = {
      mysql: [watch('x', { when: 'new.a > 1' }), 'its triggers have no condition.'],
      sqlite: [watch('x', { forEach: 'statement' }), 'its triggers run once for each row.'],
      postgres: [watch('x', { timing: 'instead of' }), 'only a view has triggers instead of a statement.'],
    };
    const [trigger, reason] = wanted[engine === 'mariadb' ? 'mysql' : engine === 'pglite' ? 'postgres' : engine] ?? [
      {},
      '',
    ];
    await database.build(watched());
    const { upgrade, warnings } = await database.compare(watched(trigger));
    expect(upgrade).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`leaves out trigger watch on thing: ${reason}`)]);
  });
});

describe.each(postgresOfToday)('triggers of a table with a long name on %s', (engine) => {
  // 62 bytes, so that nothing of the trigger is left in a cut name
  const tableName = ('é'.repeat(15) + 'a_very_long_name_of_a_table').padEnd(47, 'x');
  const trigger = (name: string, value: string): object => ({
    name,
    timing: 'before',
    events: ['insert'],
    body: `new.${name} = '${value}'; return new`,
  });
  const entities = (first: string, second: string): Entities =>
    thing(
      { first_column: p.string().nullable(), other_column: p.string().nullable() },
      { tableName, triggers: [trigger('first_column', first), trigger('other_column', second)] },
    );
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const insert = async (): Promise<unknown> => {
    const columns = 'first_column as first, other_column as second';
    await database.execute(`insert into "${tableName}" default values`);
    const [row] = await database.connection.execute<object[]>(
      `select ${columns} from "${tableName}" order by id desc limit 1`,
    );
    return row;
  };
  const functions = async (): Promise<readonly string[]> => {
    const rows = await database.connection.execute<{ name: string }[]>(
      "select proname as name from pg_proc where pronamespace = 'public'::regnamespace",
    );
    return rows.map(({ name }) => name);
  };

  it('have a function each, there and back', async () => {
    await database.build(entities('a', 'b'));
    expect(await insert()).toEqual({ first: 'a', second: 'b' });
    expect(await database.difference(entities('a', 'b'))).toBe('');
    const { upgrade, downgrade } = await database.compare(entities('a', 'c'));
    expect(upgrade.map(({ kind }) => kind)).toEqual([
      'keepAttributes',
      'dropTrigger',
      'createTrigger',
      'restoreAttributes',
    ]);
    await database.apply(upgrade);
    expect(await insert()).toEqual({ first: 'a', second: 'c' });
    await database.apply(downgrade);
    expect(await insert()).toEqual({ first: 'a', second: 'b' });
    await database.build([]);
    expect(await functions()).toEqual([]);
  });

  it('settle where they share a function by its cut name, which goes with the last of them', async () => {
    const shared = `"${tableName}_"`;
    const columns = { first_column: p.string().nullable(), other_column: p.string().nullable() };
    await database.build(thing(columns, { tableName }));
    await database.execute(
      `create function ${shared}() returns trigger as $$ begin new.first_column = 'a'; return new; end; $$ language plpgsql`,
      ...['first_column', 'other_column'].map(
        (name) => `create trigger ${name} before insert on "${tableName}" for each row execute function ${shared}()`,
      ),
    );
    const { upgrade } = await database.compare(entities('a', 'b'));
    expect(upgrade).toMatchObject([
      { kind: 'keepAttributes' },
      { kind: 'dropTrigger', name: 'other_column' },
      { kind: 'createTrigger', name: 'other_column' },
      { kind: 'restoreAttributes' },
    ]);
    await database.apply(upgrade);
    expect(await insert()).toEqual({ first: 'a', second: 'b' });
    expect(await database.difference(entities('a', 'b'))).toBe('');
    await database.build([]);
    expect(await functions()).toEqual([]);
  });
});

describe.each(withSqlite)('triggers of views on %s', (engine) => {
  const version = (a: () => object, query: string): Entities => [viewEntity('Seen', query), ...thing({ a: a() })];
  const isSqlite = engine === 'sqlite';
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  it('come back where the view is rebuilt', async () => {
    const before = version(() => p.integer(), 'select id, a from thing');
    const after = version(() => p.bigint(), 'select id, a + 1 as a from thing');
    await database.build(before);
    const insert = 'insert into thing (a) values (new.a)';
    if (isSqlite) {
      await database.execute(`create trigger seen_insert instead of insert on seen begin ${insert}; end`);
    } else {
      await database.execute(
        `create function insert_seen() returns trigger language plpgsql as $$ begin ${insert}; return new; end $$`,
        'create trigger seen_insert instead of insert on seen for each row execute function insert_seen()',
      );
    }
    expect(await database.difference(before)).toBe('');
    const schema = await database.schema();

    const { upgrade, downgrade } = await database.compare(after);
    await database.apply(upgrade);
    await database.execute('insert into seen (a) values (7)');
    expect(await database.connection.execute('select 1 as there from thing')).toEqual([{ there: 1 }]);
    expect(await database.difference(after)).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(schema);
  });
});
