/** A change of a column leaves everything that hangs on the column as the entities have it. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/databases.js';
import { isTurnOfHalf } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

type Options = Record<string, unknown>;

interface Side {
  readonly properties: object;
  readonly options?: Options;
}

const postgres: readonly Engine[] = ['postgres', 'pglite'];
const partial: readonly Engine[] = [...postgres, 'sqlite'];

/** What hangs on the column `a`, of which the name is told. */
const dependents: readonly {
  readonly name: string;
  readonly engines?: readonly Engine[];
  readonly on: (column: string) => Partial<Side>;
}[] = [
  { name: 'an index', on: (a) => ({ options: { indexes: [{ name: 'dep', properties: [a] }] } }) },
  {
    name: 'an index of two columns',
    on: (a) => ({ options: { indexes: [{ name: 'dep', properties: ['other', a] }] } }),
  },
  { name: 'a unique', on: (a) => ({ options: { uniques: [{ name: 'dep', properties: [a, 'other'] }] } }) },
  {
    name: 'a check',
    on: (a) => ({ options: { checks: [{ name: 'dep', expression: `${a} is not null or other > 0` }] } }),
  },
  {
    name: 'a check that compares',
    on: (a) => ({ options: { checks: [{ name: 'dep', expression: `${a} <> other or ${a} = other` }] } }),
  },
  {
    name: 'a partial index',
    engines: partial,
    on: (a) => ({ options: { indexes: [{ name: 'dep', properties: ['other'], where: `${a} is not null` }] } }),
  },
  {
    name: 'a partial unique',
    engines: partial,
    on: (a) => ({
      options: { indexes: [{ name: 'dep', properties: ['other'], where: `${a} is null`, unique: true }] },
    }),
  },
  {
    name: 'an index that includes it',
    engines: postgres,
    on: (a) => ({ options: { indexes: [{ name: 'dep', properties: ['other'], include: [a] }] } }),
  },
  {
    name: 'an index by expression',
    engines: partial,
    on: (a) => ({
      options: { indexes: [{ name: 'dep', expression: `create index "dep" on "thing" (coalesce("${a}", "${a}"))` }] },
    }),
  },
  {
    name: 'a computed column',
    on: (a) => ({
      properties: { twice: p.integer().generated(`(case when ${a} is null then 1 else 2 end) stored`).nullable() },
    }),
  },
  {
    name: 'a computed column with an index and a check',
    on: (a) => ({
      properties: { twice: p.integer().generated(`(case when ${a} is null then 1 else 2 end) stored`).nullable() },
      options: {
        indexes: [{ name: 'dep', properties: ['twice', 'other'] }],
        checks: [{ name: 'depc', expression: 'twice > 0 or other > 0' }],
      },
    }),
  },
];

const changes: readonly {
  readonly name: string;
  readonly engines?: readonly Engine[];
  readonly before: object;
  readonly after: object;
  readonly column?: string;
  readonly renames?: readonly string[];
}[] = [
  { name: 'gets a wider type', before: p.integer(), after: p.bigint() },
  { name: 'becomes text', before: p.integer(), after: p.string().length(30) },
  {
    name: 'gets another collation',
    engines: postgres,
    before: p.string().length(30),
    after: p.string().length(30).collation('C'),
  },
  { name: 'becomes nullable', before: p.integer(), after: p.integer().nullable() },
  { name: 'gets a default', before: p.integer(), after: p.integer().default(7) },
  {
    name: 'is computed otherwise',
    before: p.integer().generated('(other + 1) stored').nullable(),
    after: p.integer().generated('(other + 2) stored').nullable(),
  },
  {
    name: 'becomes computed',
    before: p.integer().nullable(),
    after: p.integer().generated('(other + 2) stored').nullable(),
  },
  {
    name: 'becomes plain',
    before: p.integer().generated('(other + 2) stored').nullable(),
    after: p.integer().nullable(),
  },
  { name: 'is renamed', before: p.integer(), after: p.integer(), column: 'b', renames: ['thing.a:b'] },
  {
    name: 'is renamed and gets another type',
    before: p.integer(),
    after: p.bigint(),
    column: 'b',
    renames: ['thing.a:b'],
  },
  {
    name: 'gets another value',
    engines: postgres,
    before: p.enum(['one', 'two']).nativeEnumName('kind'),
    after: p.enum(['one', 'two', 'three']).nativeEnumName('kind'),
  },
  {
    name: 'loses a value',
    engines: postgres,
    before: p.enum(['one', 'two', 'three']).nativeEnumName('kind'),
    after: p.enum(['one', 'two']).nativeEnumName('kind'),
  },
  {
    name: 'stops being a native enum',
    engines: postgres,
    before: p.enum(['one', 'two', 'three']).nativeEnumName('kind'),
    after: p.text(),
  },
];

/** A computed column that reads one, and a comparison of a number with a text, are nothing that an entity declares. */
function isImpossible(title: string): boolean {
  return (
    /(?:otherwise|becomes computed|becomes plain) under a computed column/.test(title) ||
    /(?:value|enum|text|collation) under a check that compares/.test(title)
  );
}

describe.each(allEngines)('what hangs on a column that changes, on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const thing = (column: string, type: object, dependent: Partial<Side>): Entities => [
    defineEntity({
      name: 'Thing',
      ...dependent.options,
      properties: { id: p.integer().primary(), [column]: type, ...dependent.properties, other: p.integer() },
    } as never),
  ];
  const enginesOf = (...parts: readonly { readonly engines?: readonly Engine[] }[]): readonly Engine[] =>
    allEngines.filter((one) => parts.every(({ engines }) => engines?.includes(one) !== false));
  const cells = changes.flatMap((change, row) =>
    dependents.flatMap((dependent, column) => {
      const title = `a column ${change.name} under ${dependent.name}`;
      const engines = enginesOf(change, dependent);
      const isTaken = isTurnOfHalf(row * dependents.length + column, engine, engines) && !isImpossible(title);
      return isTaken ? [{ change, dependent, title }] : [];
    }),
  );

  if (engine === 'postgres' || engine === 'pglite') {
    it('a column becomes computed under a unique to which a foreign key refers', async () => {
      const both = (a: object): Entities => {
        const Thing = defineEntity({
          name: 'Thing',
          properties: { id: p.integer().primary(), a: a as never, other: p.integer() },
        } as never);
        const part = { id: p.integer().primary(), thing: () => p.manyToOne(Thing as never).targetKey('a') };
        return [Thing, defineEntity({ name: 'Part', properties: part } as never)] as never;
      };
      const [before, after] = [
        both(p.integer().nullable().unique()),
        both(p.integer().generated('(other + 1) stored').nullable().unique()),
      ];
      await database.build(before);
      await database.execute('insert into thing values (1, 3, 2)', 'insert into part values (1, 3)');
      const stood = await database.schema();
      const { upgrade, downgrade } = await database.compare(after);
      await database.apply(upgrade);
      expect(await database.difference(after)).toBe('');
      await database.apply(downgrade);
      expect(sorted(await database.schema())).toBe(sorted(stood));
    });
  }

  if (engine === 'sqlite') {
    it('an enum becomes another, and text, under a check of the property, which has the name of its own check', async () => {
      const checked = (a: { check(sql: string): object }): Entities => thing('a', a.check("a <> ''"), {});
      const versions = [
        checked(p.enum(['one', 'two'])),
        checked(p.enum(['one', 'two', 'three'])),
        checked(p.text()),
        checked(p.enum(['one'])),
      ];
      for (const version of versions) {
        await database.build(version);
        expect(await database.difference(version)).toBe('');
        const grown = sorted(await database.schema());
        const fresh = await LiveDatabase.create(engine);
        await fresh.build(version);
        expect(grown).toBe(sorted(await fresh.schema()));
        await fresh.close();
      }
    });
  }

  it.each(cells)('$title', async ({ change, dependent }) => {
    const { before: type, after: wanted, column = 'a', renames } = change;
    const before = thing('a', type, dependent.on('a'));
    const after = thing(column, wanted, dependent.on(column));
    await database.build(after);
    const fresh = await database.schema();
    await database.reset();

    await database.build(before);
    expect(await database.difference(before)).toBe('');
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(after, { renames });
    await database.apply(upgrade);
    expect(await database.difference(after)).toBe('');
    expect(sorted(await database.schema())).toBe(sorted(fresh));
    await database.apply(downgrade);
    expect(sorted(await database.schema())).toBe(sorted(stood));
    await database.apply(upgrade);
    expect(sorted(await database.schema())).toBe(sorted(fresh));
  });
});

/**
 * The lines in an order of their own, since an added column is the last one. A rename keeps the names of PostgreSQL's
 * not-null constraints, and SQLite quotes the new name wherever it puts it.
 */
function sorted(schema: string): string {
  return schema
    .split('\n')
    .map((line) =>
      line
        .replace(/,$/, '')
        .replace(/\w+_not_null: NOT NULL/, 'NOT NULL')
        .replace(/[`"]/g, ''),
    )
    .sort()
    .join('\n');
}
