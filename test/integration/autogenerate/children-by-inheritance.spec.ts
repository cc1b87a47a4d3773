/** A table from which others inherit changes with its entity, and what inherits from it follows. */
import { p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveDatabase } from './live-database.js';
import { thing } from './single-features.js';
import { enginesByDialect } from '../../support/turns.js';

const postgresOfToday = enginesByDialect('children-by-inheritance', ['postgres', 'pglite'] as const);

describe.each(postgresOfToday)('children by inheritance on %s', (engine) => {
  let database: LiveDatabase;
  const rows = async (sql: string): Promise<readonly unknown[]> => database.connection.execute(sql);

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  it('follow a rename and a new type, with the rows of both tables', async () => {
    await database.build(thing({ a: p.integer() }));
    await database.execute(
      'create table heir (own int) inherits (thing)',
      'insert into thing (a) values (1)',
      'insert into heir (a, own) values (2, 3)',
    );
    const before = await database.schema();
    const entities = thing({ z: p.bigint() }, { tableName: 'renamed' });
    const { upgrade, downgrade, warnings } = await database.compare(entities, {
      renames: ['thing:renamed', 'renamed.a:z'],
    });
    await database.apply(upgrade);
    expect(await database.difference(entities)).toBe('');
    expect(await rows('select z::int from renamed order by z')).toEqual([{ z: 1 }, { z: 2 }]);
    expect(await rows('select z::int, own from heir')).toEqual([{ z: 2, own: 3 }]);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
    expect(warnings).toContain('leaves alone what no entity can describe: heir (which inherits from thing)');
  });

  it('keep the rights to a column that is dropped and added again', async () => {
    const role = `inheriting_${process.pid}_${engine}`;
    const computed = (added: number): ReturnType<typeof thing> =>
      thing({ b: p.integer(), a: p.integer().generated(`(b + ${added}) stored`) });
    await database.build(computed(1));
    await database.execute('create table heir () inherits (thing)', `create role ${role}`);
    try {
      await database.execute(`grant select (a) on heir to ${role}`);
      const { upgrade, downgrade } = await database.compare(computed(2));
      for (const direction of [upgrade, downgrade]) {
        await database.apply(direction);
        expect(await rows(`select has_column_privilege('${role}', 'heir', 'a', 'select') as granted`)).toEqual([
          { granted: true },
        ]);
      }
    } finally {
      await database.execute(`drop owned by ${role}`, `drop role ${role}`);
    }
  });

  it('keep their parent, its type and its schema, where no entity declares it', async () => {
    await database.execute(
      'create schema theirs',
      `create type theirs.mood as enum ('good')`,
      'create table theirs.thing (id int primary key, a theirs.mood)',
      'create table theirs.heir () inherits (theirs.thing)',
    );
    const { upgrade, downgrade, warnings } = await database.compare([]);
    expect([upgrade, downgrade]).toEqual([[], []]);
    expect(warnings).toEqual([
      'leaves alone what no entity can describe: ' +
        'theirs.thing (which has children by inheritance) and theirs.heir (which inherits from thing)',
      'keeps the schema theirs, in which no entity lives: it holds more than the tables that are dropped',
    ]);
  });
});
