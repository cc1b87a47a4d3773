/** A computed column holds nulls where its entity says so, whether it is stored, and however it came to be there. */
import { p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { postgres, thing } from './single-features.js';

describe.each(enginesByDialect('computed-columns'))('a computed column on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  // PostgreSQL computes on reading from version 18 on
  const storages = engine === 'postgres' ? ['stored'] : ['stored', 'virtual'];
  const cases = storages.flatMap((storage) => [true, false].map((nullable) => ({ storage, nullable })));
  // MariaDB takes no word about it, and on MySQL and SQLite MikroORM never says it
  const isDeclared = postgres.includes(engine);

  const plain = (): Entities => thing({ n: p.integer().nullable() });
  const computed = (storage: string, nullable: boolean): Entities => {
    const column = p.integer().generated(`(n * 2) ${storage}`);
    return thing({ n: p.integer().nullable(), g: nullable ? column.nullable() : column });
  };

  /** Whether the column takes a null. */
  async function takesNull(): Promise<boolean> {
    try {
      await database.execute('insert into thing (n) values (null)');
    } catch {
      return false;
    }
    await database.execute('delete from thing');
    return true;
  }

  it.each(cases)('$storage, nullable $nullable: comes with its table', async ({ storage, nullable }) => {
    await database.build(computed(storage, nullable));
    expect(await takesNull()).toBe(nullable || !isDeclared);
    expect(await database.difference(computed(storage, nullable))).toBe('');
  });

  it.each(cases)('$storage, nullable $nullable: is added, and goes again', async ({ storage, nullable }) => {
    await database.build(plain());
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare(computed(storage, nullable));
    await database.apply(upgrade);
    expect(await takesNull()).toBe(nullable || !isDeclared);
    expect(await database.difference(computed(storage, nullable))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
  });

  it.each(cases)('$storage, nullable $nullable: goes, and comes back as it was', async ({ storage, nullable }) => {
    await database.build(computed(storage, nullable));
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare(plain());
    await database.apply(upgrade);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
  });

  it.each(cases)('$storage, nullable $nullable: becomes the other, and is it again', async ({ storage, nullable }) => {
    await database.build(computed(storage, nullable));
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare(computed(storage, !nullable));
    expect(upgrade.map(({ kind }) => kind)).toEqual(isDeclared ? ['alterColumn'] : []);
    await database.apply(upgrade);
    expect(await takesNull()).toBe(!nullable || !isDeclared);
    expect(await database.difference(computed(storage, !nullable))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
  });

  if (engine === 'sqlite' || engine === 'mysql') {
    it.each(storages)('%s: one that was declared not null by hand comes back not null', async (storage) => {
      await database.build(plain());
      await database.execute(`alter table thing add g int generated always as (n * 2) virtual not null`);
      expect(await database.difference(computed('virtual', false))).toBe('');
      // whether anything else changes about it
      const change = await database.compare(computed(storage, false));
      await database.apply(change.upgrade);
      await database.apply(change.downgrade);
      expect(await takesNull()).toBe(false);
      const { upgrade, downgrade } = await database.compare(plain());
      for (const from of ['database', 'revision'] as const) {
        await database.apply(upgrade, from);
        await database.apply(downgrade, from);
        expect(await takesNull()).toBe(false);
      }
    });
  }

  if (postgres.includes(engine)) {
    it('one that the application made is seen as it is', async () => {
      await database.execute(
        'create table thing (id serial primary key, n int, g int generated always as (n * 2) stored)',
      );
      expect(await database.difference(computed('stored', true))).toBe('');
      expect(await database.difference(computed('stored', false))).toContain('nullable: false');
    });
  }
});
