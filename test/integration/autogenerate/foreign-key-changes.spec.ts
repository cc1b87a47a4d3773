/** A foreign key that changes is one line that says what of it; what MikroORM 6 made is ended by one line of configuration. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { detectedLines } from '../../../libs/nest-migrate/src/cli/present/detected.js';
import { updateRuleHint } from '../../../libs/nest-migrate/src/commands/foreign-key-changes.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { postgres } from './single-features.js';

describe.each(enginesByDialect('foreign-key-changes'))('foreign keys that change on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  interface Relation {
    readonly to?: 'owner' | 'other';
    readonly options?: object;
    readonly more?: object;
  }

  /** `thing.owner_id`, which refers to one of two tables. */
  const entities = ({ to = 'owner', options = {}, more = {} }: Relation): Entities => {
    const table = (tableName: string) =>
      defineEntity({ name: tableName, tableName, properties: { id: p.integer().primary() } }) as never;
    const both = { owner: table('owner'), other: table('other') };
    const relation = () => p.manyToOne(both[to]).joinColumn('owner_id').foreignKeyName('own');
    const owner = () => {
      let property = relation() as unknown as Record<string, (value: unknown) => typeof property>;
      for (const [name, value] of Object.entries(options)) property = property[name](value);
      return property;
    };
    const Thing = defineEntity({
      name: 'Thing',
      tableName: 'thing',
      properties: { id: p.integer().primary(), ...more, owner } as never,
    });
    return [both.owner, both.other, Thing as never];
  };

  const cases: readonly { readonly what: string; readonly before: Relation; readonly after: Relation }[] = [
    { what: 'on update cascade → none', before: { options: { updateRule: 'cascade' } }, after: {} },
    { what: 'on delete none → cascade', before: {}, after: { options: { deleteRule: 'cascade' } } },
    { what: 'to owner(id) → other(id)', before: {}, after: { to: 'other' } },
    { what: 'name own → yours', before: {}, after: { options: { foreignKeyName: 'yours' } } },
    {
      what: 'on delete cascade → none, on update cascade → none',
      before: { options: { updateRule: 'cascade', deleteRule: 'cascade' } },
      after: {},
    },
    ...(postgres.includes(engine)
      ? [{ what: 'deferrable no → initially deferred', before: {}, after: { options: { deferMode: 'deferred' } } }]
      : []),
  ];

  it.each(cases)('$what: is what the line says', async ({ what, before, after }) => {
    await database.build(entities(before));
    const { upgrade } = await database.compare(entities(after));
    expect(detectedLines(upgrade)).toEqual([`Detected changed foreign key 'own' on table 'thing': ${what}`]);
    expect(updateRuleHint(upgrade) === undefined).toBe(what !== 'on update cascade → none');
  });

  it('the hint ends the difference', async () => {
    await database.build(entities({ options: { updateRule: 'cascade' } }));
    const { upgrade } = await database.compare(entities({}));
    const hint = updateRuleHint(upgrade);
    expect(hint).toContain("schemaGenerator: { defaultUpdateRule: 'cascade' }");
    const config = { schemaGenerator: { defaultUpdateRule: 'cascade' as const } };
    expect(await database.difference(entities({}), { config })).toBe('');
  });

  it('there is no hint beside a foreign key that differs in something else, nor where none does', async () => {
    await database.build(entities({ options: { updateRule: 'cascade', deleteRule: 'cascade' } }));
    expect(updateRuleHint((await database.compare(entities({}))).upgrade)).toBeUndefined();
    expect(updateRuleHint((await database.compare([])).upgrade)).toBeUndefined();
    expect(updateRuleHint([])).toBeUndefined();
  });
});
