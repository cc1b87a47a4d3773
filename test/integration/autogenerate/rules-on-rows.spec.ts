/** A key, a check or a foreign key that comes to a table with rows is warned about where it stands, and only there. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls } from './single-features.js';

interface Rule {
  readonly name: string;
  /** What comes to `thing`, whose columns are `id`, `a` and `b`. */
  readonly options?: object;
  readonly refers?: boolean;
  /** Two rows that keep it, and two of which one breaks it. */
  readonly kept: readonly [string, string];
  readonly broken: readonly [string, string];
  readonly what: string;
  readonly where: string;
  readonly breaks: string;
}

const rules: readonly Rule[] = [
  {
    name: 'a unique constraint',
    options: { uniques: [{ properties: ['a'] }] },
    kept: ['1, 1', '2, 1'],
    broken: ['1, 1', '1, 2'],
    what: 'makes thing.a unique',
    where: 'where two rows have the same value',
    breaks: 'rows with the same value',
  },
  {
    name: 'a unique constraint of two columns',
    options: { uniques: [{ properties: ['a', 'b'] }] },
    kept: ['1, 1', '1, null'],
    broken: ['1, 1', '1, 1'],
    what: 'makes a, b of thing unique',
    where: 'where two rows have the same values',
    breaks: 'rows with the same values',
  },
  {
    name: 'a check',
    options: { checks: [{ name: 'positive', expression: 'a > 0' }] },
    kept: ['1, 1', '2, 1'],
    broken: ['1, 1', '-1, 1'],
    what: 'adds the check positive to thing',
    where: 'where a row does not satisfy it',
    breaks: 'rows that do not satisfy it',
  },
  {
    name: 'a foreign key',
    refers: true,
    kept: ['7, 1', '7, 1'],
    broken: ['7, 1', '8, 1'],
    what: 'adds a foreign key from thing.a to owner',
    where: 'where a row refers to nothing',
    breaks: 'rows that refer to nothing',
  },
];

describe.each(enginesByDialect('rules-on-rows'))('a rule that comes to rows on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const entities = ({ options = {}, refers = false, more = {} }: Partial<Rule> & { more?: object } = {}): Entities => {
    const Owner = defineEntity({ name: 'Owner', tableName: 'owner', properties: { id: p.integer().primary() } });
    // the column is there before the key is
    const a = () =>
      refers ? p.manyToOne(Owner as never).joinColumn('a') : p.integer().unsigned(mysqls.includes(engine));
    const properties = { id: p.integer().primary(), a, b: p.integer().nullable(), ...more };
    const Thing = defineEntity({ name: 'Thing', tableName: 'thing', properties: properties as never, ...options });
    return [Owner as never, Thing as never];
  };

  async function insert(rows: readonly string[]): Promise<void> {
    await database.execute('insert into owner (id) values (7)');
    for (const row of rows) await database.execute(`insert into thing (a, b) values (${row})`);
  }

  async function sentences(rule: Rule): Promise<readonly string[]> {
    const { upgrade, batches, warnings } = await database.compare(entities(rule));
    const source = renderOperations(upgrade, undefined, batches.upgrade).replace(/\n *\/\/ /g, ' ');
    const said = upgrade.flatMap(({ warning }) => warning ?? []);
    for (const sentence of said) expect(source).toContain(sentence);
    expect(warnings).toEqual(said);
    return said;
  }

  const offered = rules
    // an unsigned column takes no such row
    .map((rule) => (rule.name === 'a check' && mysqls.includes(engine) ? { ...rule, broken: ['1, 1', '0, 1'] } : rule))
    .map((rule) => rule as Rule);

  it.each(offered)('$name: is told of, with what the rows say now', async (rule) => {
    const { what, where, breaks, kept, broken } = rule;
    await database.build(entities());
    expect(await sentences(rule)).toEqual([`${what}: the upgrade fails ${where}, so look at the rows first`]);
    await insert(kept);
    expect(await sentences(rule)).toEqual([
      `${what}, and thing has rows: the upgrade fails ${where}, so look at the rows first`,
    ]);
    await database.execute('delete from thing', 'delete from owner');
    await insert(broken);
    expect(await sentences(rule)).toEqual([
      `${what}, and thing has ${breaks}: the upgrade fails, so change those rows first`,
    ]);
    // SQLite looks at foreign keys when the run commits
    if (engine === 'sqlite' && rule.refers === true) return;
    const { upgrade } = await database.compare(entities(rule));
    await expect(database.apply(upgrade)).rejects.toThrow();
  });

  it.each(offered)('$name: is told of once more where it comes back', async (rule) => {
    await database.build(entities(rule));
    const { upgrade, downgrade } = await database.compare(entities());
    expect(upgrade.flatMap(({ warning }) => warning ?? [])).toEqual([]);
    expect(downgrade.flatMap(({ warning }) => warning ?? [])).toEqual([
      `${rule.what}: the downgrade fails ${rule.where}, so look at the rows first`,
    ]);
  });

  it.each(offered)('$name: nothing is said of a new table, nor where the rule is there', async (rule) => {
    expect((await database.compare(entities(rule))).warnings).toEqual([]);
    await database.build(entities(rule));
    const more = { c: p.integer().nullable() };
    const { warnings } = await database.compare(entities({ ...rule, more }));
    expect(warnings).toEqual([]);
  });

  it('of a key on a new column nothing is said but what the column needs', async () => {
    await database.build(entities());
    const more = { code: p.string().length(9).nullable().unique() };
    expect((await database.compare(entities({ more }))).warnings).toEqual([]);
  });
});
