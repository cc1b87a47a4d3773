/** What a revision does about routines beyond bringing them and taking them: they answer, and somebody else's stay. */
import { p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ComparedObject } from '../../../libs/nest-migrate/src/autogenerate/schema-comparison.js';
import { serverEngines } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { f, mysqls, plus, postgres } from './routines.js';
import { thing } from './single-features.js';

describe.each(enginesByDialect('routines', ['pglite', ...serverEngines] as const))('routines on %s', (engine) => {
  const isPostgres = postgres.includes(engine);
  const add = (number: number, rest: Parameters<typeof plus>[2] = {}) =>
    plus(isPostgres ? postgres : mysqls, number, rest);
  const none = thing({ a: p.integer() });
  const byHand = isPostgres
    ? 'create function other(n int) returns int language sql immutable as $$ select n $$'
    : 'create function other(n int) returns int deterministic return n';
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const answer = async (): Promise<unknown> => {
    const [row] = await database.connection.execute<{ answer: unknown }[]>('select f(1) as answer');
    return row?.answer;
  };

  it('answer once the revision ran, as they did before it once it is taken back', async () => {
    await database.build([...none, add(1)]);
    expect(await answer()).toBe(2);
    const { upgrade, downgrade } = await database.compare([...none, add(10)]);
    await database.apply(upgrade);
    expect(await answer()).toBe(11);
    await database.apply(downgrade);
    expect(await answer()).toBe(2);
  });

  it('that no entity has are dropped with a warning, unless somebody says otherwise', async () => {
    await database.build(none);
    await database.execute(byHand);
    const { upgrade, downgrade, warnings } = await database.compare(none);
    expect(upgrade).toMatchObject([{ kind: 'dropRoutine', name: 'other', type: 'function' }]);
    expect(warnings).toEqual(['drops function other, which no entity has']);
    // a revision goes to databases of other names
    expect(JSON.stringify(downgrade)).not.toContain(database.name);
    const before = await database.schema();
    await database.apply(upgrade);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);

    const config = { schemaGenerator: { ignoreRoutines: true } };
    expect(await database.difference(none, { config })).toBe('');
    const includeObject = ({ type, name }: ComparedObject): boolean => type !== 'routine' || name !== 'other';
    expect(await database.difference(none, { includeObject })).toBe('');
    expect(await database.difference(none, { includeName: (name) => name !== 'other' })).toBe('');
    // what is declared is created, and what is there is not altered
    const declared = [...none, add(1), f({ name: 'other', body: isPostgres ? 'select 0' : 'return 0' })];
    const ignoring = await database.compare(declared, { config });
    expect(ignoring.upgrade).toMatchObject([{ kind: 'createRoutine', name: 'f' }]);
  });

  it('that no entity has stay where something that is declared calls them', async () => {
    await database.build(none);
    await database.execute(byHand);
    const body = isPostgres ? 'select other(n)' : 'return other(n)';
    const calling: Entities = [...none, f({ body })];
    await database.build(calling);
    expect(await database.difference(calling)).toBe('');
  });

  it('keep what the declaration leaves open, and what it says not to compare', async () => {
    await database.build([...none, add(1, { security: isPostgres ? 'definer' : 'invoker' })]);
    expect(await database.difference([...none, add(1)])).toBe('');
    const another = add(2, { ignoreSchemaChanges: ['body', 'comment'], comment: 'another' });
    expect(await database.difference([...none, another])).toBe('');
    const { upgrade } = await database.compare([...none, add(2)]);
    const security = isPostgres ? 'definer' : 'invoker';
    expect(upgrade).toContainEqual(
      expect.objectContaining({ kind: 'createRoutine', routine: expect.objectContaining({ security }) }),
    );
  });
});

describe.each(enginesByDialect('routines', ['postgres', 'pglite'] as const))('routines of one name on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
    await database.reset();
  });
  afterAll(() => database?.close());

  it('are told apart by what they are given', async () => {
    const declared: Entities = [...thing({ a: p.integer() }), plus(postgres, 1)];
    await database.build(declared);
    await database.execute('create function f(n text) returns int language sql as $$ select 0 $$');
    const { upgrade } = await database.compare(declared);
    expect(upgrade).toMatchObject([{ kind: 'dropRoutine', name: 'f', parameterTypes: ['text'] }]);
    await database.apply(upgrade);
    expect(await database.difference(declared)).toBe('');
  });

  it('leave extensions, event triggers and functions of other triggers alone', async () => {
    await database.execute(
      'drop function f(int)',
      'create function watching() returns trigger language plpgsql as $$ begin return new; end $$',
      'create table skipped (id int)',
      'create trigger watching before insert on skipped for each row execute function watching()',
      'create function on_ddl() returns event_trigger language plpgsql as $$ begin end $$',
    );
    const config = { schemaGenerator: { skipTables: ['skipped'] } };
    expect(await database.difference(thing({ a: p.integer() }), { config })).toBe('');
  });
});

describe('routines on SQLite', () => {
  it('are left out, with the reason, unless they are JavaScript', async () => {
    const database = await LiveDatabase.create('sqlite');
    try {
      const plain = [...thing({ a: p.integer() }), plus(mysqls, 1)];
      expect((await database.compare(plain)).warnings).toEqual([
        'leaves out function f: SQLite has no stored routines.',
      ]);
      const script = f({ body: 'select 1', bodyJs: ({ n }: { n: number }) => n });
      expect((await database.compare([...thing({ a: p.integer() }), script])).warnings).toEqual([]);
    } finally {
      await database.close();
    }
  });
});
