/** What is left out on one side is left out on the other: taken for missing, it would be made, and dropped on the way back. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SchemaComparison } from '../../../libs/nest-migrate/src/autogenerate/compare-schema.js';
import { enginesByDialect } from '../../support/turns.js';
import { refusedColumn, reasons } from './left-alone.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { f, plus } from './routines.js';
import { mysqls, thing, viewEntity } from './single-features.js';

describe.each(enginesByDialect('left-alone'))('what is left alone on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const offered = reasons.filter(({ engines }) => engines.includes(engine));

  it.each(offered)(
    '$name: is neither made nor dropped, in either direction, and said where it is no wish',
    async ({ sql, options, says, saysOfOthers, after = [], entities = () => thing({ a: p.integer() }) }) => {
      await database.execute(...sql);
      try {
        const declared = await database.compare(entities(), options);
        expect(declared).toMatchObject({ upgrade: [], downgrade: [] });
        expect(declared.warnings.filter((warning) => !warning.includes('no entity'))).toEqual(says ? [says] : []);
        if (says === undefined) return;
        const others = await database.compare([], options);
        expect(others).toMatchObject({ upgrade: [], downgrade: [] });
        expect(others.warnings).toEqual(saysOfOthers ? [saysOfOthers] : []);
      } finally {
        await database.execute(...after);
      }
    },
  );

  for (const { name, sql, options, after = [] } of offered.filter(({ hasKey }) => hasKey === true)) {
    it(`${name}: foreign keys to it are made, seen and dropped as ever`, async () => {
      await database.execute(...sql);
      try {
        const entities = (refers: boolean): Entities => {
          const Thing = thing({ a: p.integer() })[0] as never;
          const properties = { id: p.integer().primary(), ...(refers && { thing: () => p.manyToOne(Thing) }) };
          return [Thing, defineEntity({ name: 'Other', tableName: 'other', properties: properties as never }) as never];
        };
        await database.apply((await database.compare(entities(false), options)).upgrade);
        const change = await database.compare(entities(true), options);
        expect(change.upgrade.map(({ kind }) => kind)).toContain('createForeignKey');
        await database.apply(change.upgrade);
        expect(await database.difference(entities(true), options)).toBe('');
        await database.apply(change.downgrade);
        expect(await database.difference(entities(false), options)).toBe('');
        await database.execute('drop table other');
      } finally {
        await database.execute(...after);
      }
    });
  }

  it('takes along what is built on a column that is left out, also in a table that is made', async () => {
    const { entities = () => [], options } = refusedColumn;
    const { upgrade } = await database.compare(entities(), options);
    await database.apply(upgrade);
    expect(await database.difference(entities(), options)).toBe('');
  });

  if (mysqls.includes(engine)) {
    const includeObject = ({ name }: { readonly name: string }): boolean => !name.startsWith('left_');
    const text = (length: number): Entities => thing({ a: p.string().length(length).unique() });

    it('leaves a column alone under a foreign key that is left out, which the engine would not let change', async () => {
      await database.apply((await database.compare(text(20))).upgrade);
      await database.execute(
        'create table left_child (a varchar(20), constraint left_key foreign key (a) references thing (a))',
      );
      const { upgrade, downgrade, warnings } = await database.compare(text(10), { includeObject });
      expect({ upgrade, downgrade }).toEqual({ upgrade: [], downgrade: [] });
      expect(warnings).toEqual([
        expect.stringContaining('leaves thing.a alone, which the foreign key left_key of left_child'),
      ]);
      await database.execute('drop table left_child');
    });

    it('brings an index back that is left out, where its column is dropped and added', async () => {
      const computed = (added: number): Entities =>
        thing({ b: p.integer(), a: p.integer().generated(`(b + ${added}) virtual`) });
      await database.apply((await database.compare(computed(1))).upgrade);
      await database.execute('create index left_index on thing (a, b)');
      const { upgrade, warnings } = await database.compare(computed(2), { includeObject });
      await database.apply(upgrade);
      expect(await database.schema()).toContain('`left_index` (`a`,`b`)');
      expect(await database.difference(computed(2), { includeObject })).toBe('');
      expect(warnings).toEqual([]);
    });

    it('takes a view and a trigger along that are left out, where a column gets another name', async () => {
      await database.apply((await database.compare(thing({ a: p.integer() }))).upgrade);
      await database.execute(
        'create view left_view as select a from thing',
        'create trigger left_trigger before insert on thing for each row set new.a = 1',
      );
      const options = { includeObject, renames: ['thing.a:b'] };
      const { upgrade, warnings } = await database.compare(thing({ b: p.integer() }), options);
      expect(warnings).toEqual([]);
      await database.apply(upgrade);
      await database.execute('insert into thing (id, b) values (1, 7)', 'create table seen as select a from left_view');
      expect(await database.connection.execute('select a from seen')).toEqual([{ a: 1 }]);
      await database.execute('drop view left_view', 'drop table seen');
    });
  }

  if (engine === 'postgres' || engine === 'pglite') {
    it('an enum type of an extension, which a column has: neither made, changed nor dropped', async () => {
      await database.execute(
        `create type mood as enum ('a')`,
        'alter extension plpgsql add type mood',
        'create table thing (id serial primary key, a mood not null)',
      );
      try {
        const entities = thing({ a: p.enum(['a', 'b']).nativeEnumName('mood') });
        const { upgrade, downgrade, warnings } = await database.compare(entities);
        expect([upgrade, downgrade]).toEqual([[], []]);
        expect(warnings).toEqual([
          'leaves the enum mood alone, which belongs to the extension plpgsql: write its changes by hand',
        ]);
      } finally {
        await database.execute('alter extension plpgsql drop type mood');
      }
    });
  }

  if (mysqls.includes(engine)) {
    it.each(['function', 'procedure'] as const)(
      'a %s whose body the server hides: neither made nor dropped',
      async (type) => {
        const returns = type === 'function' ? 'returns int deterministic return n + 1' : 'select n';
        await database.execute(`create ${type} f (n int) ${returns}`);
        const reader = async (entities: Entities): Promise<SchemaComparison> =>
          database.withReader(
            async (connection) => database.compare(entities, { connection }),
            (user, name) => [`grant execute on ${type} \`${name}\`.f to ${user}`],
          );
        const why = 'which has a body that this user may not see';
        const declared = await reader([
          type === 'function'
            ? plus(mysqls, 2)
            : f({ type, body: 'select n + 2;', returns: undefined, deterministic: undefined }),
        ]);
        expect(declared).toMatchObject({ upgrade: [], downgrade: [] });
        expect(declared.warnings).toContain(`leaves the routine f alone, ${why}: write its changes by hand`);
        const others = await reader([]);
        expect(others).toMatchObject({ upgrade: [], downgrade: [] });
        expect(others.warnings).toEqual([`leaves alone what no entity can describe: f (${why})`]);
      },
    );

    it('a view whose query the server hides: it is not taken for missing', async () => {
      const view = (query: string): Entities => [viewEntity('shown', query)];
      await database.execute('create view shown as select 1 as id');
      await database.withReader(async (connection) => {
        const { upgrade, downgrade, warnings } = await database.compare(view('select 2 as id'), { connection });
        expect([upgrade, downgrade]).toEqual([[], []]);
        expect(warnings).toEqual([
          'leaves the view shown alone, which this user may not see the query of (grant show view): ' +
            'write its changes by hand',
        ]);
      });
    });
  }
});
