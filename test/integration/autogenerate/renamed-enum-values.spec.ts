/** A value of a native enum is renamed: the engine's expressions follow, so nothing that names the value is created again. */
import { defineEntity, p, Routine } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Entities, LiveDatabase } from './live-database.js';
import { enginesByDialect } from '../../support/turns.js';

const postgresOfToday = enginesByDialect('renamed-enum-values', ['postgres', 'pglite'] as const);

describe.each(postgresOfToday)('a renamed value of a native enum on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const thing = (value: string, options: object, more: object = {}): Entities => [
    defineEntity({
      name: 'Thing',
      properties: {
        id: p.integer().primary(),
        a: p.enum([value, 'live']).nativeEnumName('state'),
        label: p.string(),
        ...more,
      },
      ...options,
    } as never),
  ];
  const whole = (value: string): Entities => [
    ...thing(
      value,
      {
        checks: [{ name: 'thing_check', expression: `a in ('${value}', 'live') or label = 'other'` }],
        indexes: [
          { name: 'thing_partial', properties: ['label'], where: `a = '${value}'` },
          {
            name: 'thing_expression',
            expression: `create index "thing_expression" on thing ((case when a = '${value}' then 1 else 2 end))`,
          },
        ],
        rowLevelSecurity: true,
        policies: [{ name: 'thing_policy', using: `a <> '${value}'` }],
      },
      { n: p.integer().generated(`(case when a = '${value}' then 1 else 2 end) stored`).nullable() },
    ),
    defineEntity({
      name: 'Shown',
      view: true,
      expression: `select id from thing where a = '${value}'`,
      properties: { id: p.integer().primary() },
    } as never),
  ];

  it('leaves what names it alone, there and back', async () => {
    await database.build(whole('draft'));
    await database.execute("insert into thing (id, a, label) values (1, 'draft', 'x')");
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(whole('new'), { renames: ['state.draft:new'] });
    expect(upgrade.map(({ kind }) => kind)).toEqual(['alterEnum']);
    await database.apply(upgrade);
    expect(await database.difference(whole('new'))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(stood);
  });

  it('replaces the body of a routine, which is only a text, when the value has the name of the body', async () => {
    const withRoutine = (value: string): Entities => [
      ...thing(value, {}),
      new Routine({
        name: 'counted',
        type: 'function',
        params: {},
        returns: { runtimeType: 'number', columnType: 'bigint' },
        body: `select count(*) from thing where a = '${value}'`,
      } as never),
    ];
    await database.build(withRoutine('draft'));
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(withRoutine('new'), { renames: ['state.draft:new'] });
    await database.apply(upgrade);
    expect(await database.difference(withRoutine('new'))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(stood);
  });

  it('is no change of a text of another column that is the same word', async () => {
    const checked = (value: string, word: string): Entities =>
      thing(value, { checks: [{ name: 'thing_check', expression: `a = '${value}' or label = '${word}'` }] });
    await database.build(checked('draft', 'draft'));
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(checked('new', 'new'), { renames: ['state.draft:new'] });
    await database.apply(upgrade);
    expect(await database.difference(checked('new', 'new'))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(stood);
  });
});
