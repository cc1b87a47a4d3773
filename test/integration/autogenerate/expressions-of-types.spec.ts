/**
 * PostgreSQL binds an expression to the types of its columns. Whatever another type makes of a column, an expression on it
 * is afterwards what a new database makes of the same text, declared or not.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isTurn } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

const live = p.enum(['draft', 'live']);
const changes: readonly {
  readonly name: string;
  readonly before: () => object;
  readonly after: () => object;
  readonly condition: string;
}[] = [
  {
    name: 'a text becomes characters',
    before: () => p.string().length(20),
    after: () => p.character().length(4),
    condition: "a <> ''",
  },
  { name: 'an integer becomes a double', before: () => p.integer(), after: () => p.double(), condition: 'a > 0' },
  {
    name: 'a native enum becomes text',
    before: () => live.nativeEnumName('state'),
    after: () => p.text(),
    condition: "a = 'draft' or a = 'live'",
  },
  {
    name: 'a text becomes a native enum',
    before: () => p.text(),
    after: () => live.nativeEnumName('state'),
    condition: "a = 'draft' or a = 'live'",
  },
  {
    name: 'a native enum becomes another',
    before: () => live.nativeEnumName('state'),
    after: () => live.nativeEnumName('mood'),
    condition: "a = 'draft' or a = 'live'",
  },
  {
    name: 'an enum becomes a native enum',
    before: () => live,
    after: () => live.nativeEnumName('state'),
    condition: "a = 'live'",
  },
  {
    name: 'a text becomes one of an extension',
    before: () => p.string().length(20),
    after: () => p.string().columnType('citext'),
    condition: "a <> ''",
  },
  {
    name: 'a text of an extension becomes a usual one',
    before: () => p.string().columnType('citext'),
    after: () => p.text(),
    condition: "a <> ''",
  },
];

/** What a person made, and `includeObject` leaves out. */
const left = (condition: string): readonly string[] => [
  `create index left_index on thing (b) where ${condition}`,
  `create index left_expression on thing ((case when ${condition} then 1 else 2 end))`,
  `alter table thing add constraint left_check check (${condition})`,
  `create statistics left_statistics on (case when ${condition} then 1 else 2 end), b from thing`,
  `create view left_view as select b from thing where ${condition}`,
  `create materialized view left_materialized as select b, '::text' as word, "a::text" from thing,
      (values (1)) as x ("a::text") where ${condition}`,
  `create rule left_rule as on update to thing where ${condition.replace(/\ba\b/g, 'new.a')} do also delete from other`,
  `create policy left_policy on thing using (${condition}) with check (${condition})`,
  `create function left_fn() returns trigger language plpgsql as $$ begin return new; end $$`,
  `create trigger left_trigger after update of a on thing for each row when (${condition.replace(/\ba\b/g, 'new.a')}
      and old.a is distinct from new.a) execute function left_fn()`,
  `create function left_routine() returns bigint begin atomic select count(*) from thing where ${condition}; end`,
  `alter table thing add column left_computed int generated always as (case when ${condition} then 1 else 2 end) stored`,
];

const engines = ['postgres', 'pglite'] as const;

describe.each(engines)('an expression on a column that gets another type on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset(['citext']));

  const entities = (a: () => object, options: object = {}): Entities => [
    defineEntity({
      name: 'Thing',
      properties: { id: p.integer().primary(), a: a() as never, b: p.integer() },
      ...options,
    } as never),
    defineEntity({ name: 'Other', properties: { id: p.integer().primary() } }),
  ];
  const includeObject = ({ name }: { readonly name: string }): boolean => !name.startsWith('left_');
  const execute = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await database.execute(statement);
  };

  const here = changes.filter((_, index) => isTurn(index, engine, engines));
  it.each(here)('$name: what no entity declares', async ({ before, after, condition }) => {
    await database.build(entities(after));
    await execute(left(condition));
    const fresh = await database.schema();
    await database.reset(['citext']);

    await database.build(entities(before));
    await execute(left(condition));
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(entities(after), { includeObject });
    await database.apply(upgrade);
    expect(sorted(await database.schema())).toBe(sorted(fresh));
    await database.apply(downgrade);
    expect(sorted(await database.schema())).toBe(sorted(stood));
  });

  const there = changes.filter((_, index) => isTurn(index + 1, engine, engines));
  it.each(there)('$name: what entities declare', async ({ before, after, condition }) => {
    const options = {
      checks: [{ name: 'thing_check', expression: condition }],
      indexes: [{ name: 'thing_partial', properties: ['b'], where: condition }],
      policies: [{ name: 'thing_policy', using: condition }],
      rowLevelSecurity: true,
    };
    await database.build(entities(after, options));
    const fresh = await database.schema();
    await database.reset(['citext']);

    await database.build(entities(before, options));
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(entities(after, options));
    await database.apply(upgrade);
    expect(await database.difference(entities(after, options))).toBe('');
    expect(sorted(await database.schema())).toBe(sorted(fresh));
    await database.apply(downgrade);
    expect(sorted(await database.schema())).toBe(sorted(stood));
  });

  it('a cast that a person wrote, and that means something, stays', async () => {
    await database.build(entities(() => p.string().length(20)));
    await execute([
      `alter table thing add constraint left_check check (a::int > 0 and a <> '')`,
      `create view left_view as select a::text as a, b::bigint as b from thing where a <> '::int'`,
    ]);
    const { upgrade } = await database.compare(
      entities(() => p.character().length(4)),
      { includeObject },
    );
    await database.apply(upgrade);
    const rows = await database.connection.execute<{ text: string }[]>(
      `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'left_check'
        union all select pg_get_viewdef('left_view'::regclass)`,
    );
    const texts = rows.map(({ text }) => text.replace(/\s+|thing\./g, (part) => (part === 'thing.' ? '' : ' ')).trim());
    expect(texts).toEqual([
      "CHECK ((((a)::integer > 0) AND (a <> ''::bpchar)))",
      "SELECT (a)::text AS a, (b)::bigint AS b FROM thing WHERE (a <> '::int'::bpchar);",
    ]);
  });

  it('an expression that is not valid without its casts is created with them', async () => {
    await database.build(entities(() => p.string().length(20)));
    await execute([`alter table thing add constraint left_check check (a in ('draft', 'live'))`]);
    const { upgrade } = await database.compare(
      entities(() => live.nativeEnumName('state')),
      { includeObject },
    );
    await database.apply(upgrade);
    expect(await database.schema()).toContain('left_check');
  });
});

/** The lines in an order of their own, since an added column is the last one. */
function sorted(schema: string): string {
  return schema
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
    .sort()
    .join('\n');
}
