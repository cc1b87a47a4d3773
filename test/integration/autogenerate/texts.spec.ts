/** Texts in every place that holds one: of two, three and four bytes a character, with quotes, backslashes and line ends. */
import { defineEntity, p, raw, Routine } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allEngines, type Engine } from '../../support/databases.js';
import { isTurnOfEngine, isTurnOfHalf, turns } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

const mysqls: readonly Engine[] = ['mysql', 'mariadb'];

interface Place {
  readonly name: string;
  readonly engines?: readonly Engine[];
  /** The server keeps three bytes a character there: another emoji is the same to it. */
  readonly keepsThreeBytes?: readonly Engine[];
  readonly entities: (text: string, literal: string) => Entities;
}

function thing(properties: object, options: object = {}): Entities {
  return [
    defineEntity({
      name: 'Thing',
      properties: { id: p.integer().primary(), a: p.string().length(200).nullable(), ...properties } as never,
      ...options,
    } as never) as never,
  ];
}

const places: readonly Place[] = [
  {
    name: 'default',
    keepsThreeBytes: ['mariadb'],
    entities: (text) => thing({ b: p.string().length(200).default(text) }),
  },
  {
    name: 'items of an enum, one of them the default',
    // MySQL keeps a default that is none of the items that it keeps
    engines: ['postgres', 'pglite', 'mariadb', 'sqlite'],
    keepsThreeBytes: mysqls,
    entities: (text) => thing({ b: p.enum([text, 'other']).default(text) }),
  },
  { name: 'default of a text', entities: (text) => thing({ b: p.text().default(text) }) },
  {
    name: 'default of a json',
    entities: (text) => thing({ b: p.json().default(JSON.stringify({ [text]: text })) }),
  },
  {
    name: 'default that is an expression',
    engines: [...mysqls, 'postgres', 'pglite'],
    entities: (_, literal) =>
      thing({
        b: p
          .string()
          .length(200)
          .default(raw(`(concat(${literal}, 'x'))`)),
      }),
  },
  {
    name: 'computed column',
    entities: (_, literal) =>
      thing({ b: p.string().length(200).nullable().generated(`(coalesce(a, ${literal})) stored`) }),
  },
  { name: 'check', entities: (_, literal) => thing({}, { checks: [{ name: 'chk', expression: `a <> ${literal}` }] }) },
  {
    name: 'checks, two of one column',
    entities: (_, literal) =>
      thing(
        {},
        {
          checks: [
            { name: 'chk', expression: `a <> ${literal}` },
            { name: 'chk2', expression: `a <> concat(${literal}, 'x')` },
          ],
        },
      ),
    engines: [...mysqls, 'postgres', 'pglite'],
  },
  {
    name: 'index by expression',
    engines: ['postgres', 'pglite', 'mysql', 'sqlite'],
    entities: (_, literal) =>
      thing(
        {},
        {
          indexes: [{ name: 'idx', expression: `create index idx on thing ((coalesce(a, ${literal})))` }],
        },
      ),
  },
  {
    name: 'comment of a column',
    engines: ['postgres', 'pglite', ...mysqls],
    keepsThreeBytes: mysqls,
    entities: (text) => thing({ b: p.integer().nullable().comment(text) }),
  },
  {
    name: 'comment of a table',
    engines: ['postgres', 'pglite', ...mysqls],
    keepsThreeBytes: mysqls,
    entities: (text) => thing({}, { comment: text }),
  },
  {
    name: 'items of an enum',
    keepsThreeBytes: mysqls,
    entities: (text) => thing({ b: p.enum([text, 'other']).nullable() }),
  },
  {
    name: 'view',
    entities: (_, literal) => [
      ...thing({}),
      defineEntity({
        name: 'Seen',
        view: true,
        expression: `select id, coalesce(a, ${literal}) as b from thing`,
        properties: { id: p.integer().primary(), b: p.text() },
      } as never) as never,
    ],
  },
  {
    name: 'trigger',
    engines: mysqls,
    entities: (_, literal) =>
      thing({}, { triggers: [{ name: 'trg', timing: 'before', events: ['insert'], body: `set new.a = ${literal}` }] }),
  },
  {
    name: 'trigger',
    engines: ['postgres', 'pglite'],
    entities: (_, literal) =>
      thing(
        {},
        {
          triggers: [
            {
              name: 'trg',
              timing: 'before',
              events: ['insert'],
              body: `new.a = ${literal}; return new`,
              when: `new.a <> ${literal}`,
            },
          ],
        },
      ),
  },
  {
    name: 'routine',
    engines: mysqls,
    entities: (_, literal) => [
      ...thing({}),
      new Routine({
        name: 'told',
        type: 'function',
        params: {},
        returns: { runtimeType: 'string', columnType: 'varchar(200)' },
        deterministic: true,
        body: `return ${literal}`,
      } as never),
    ],
  },
  {
    name: 'comment of a routine',
    engines: mysqls,
    keepsThreeBytes: mysqls,
    entities: (text) => [
      ...thing({}),
      new Routine({
        name: 'told',
        type: 'function',
        params: {},
        returns: { runtimeType: 'number', columnType: 'int' },
        deterministic: true,
        comment: text,
        body: 'return 1',
      } as never),
    ],
  },
];

const samples = ['ünï', '€ 漢字', '😀', '😎', 'ü😀漢', 'Ã¼', "it's ü", 'ü\\n', '????', '?😀', 'µ\u0080\u00a0', '%_ü'];

/** What every place can hold: items of an enum end in no space, and a client may not take a `?` for a parameter. */
const texts = fc
  .string({
    unit: fc.constantFrom(..."aZ?'\\%_:$(),üÃ¼µ€漢😀😎👍\u0080".match(/./gsu)!, '\u00a0'),
    minLength: 1,
    maxLength: 8,
  })
  .filter((text) => text !== 'other' && text.trim() === text);

describe.each(allEngines)('a text on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const literal = (text: string): string => {
    const doubled = text.replaceAll("'", "''");
    return `'${mysqls.includes(engine) ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
  };
  const told = ({ entities }: Place, text: string): Entities => entities(text, literal(text));
  const mine = places.filter(({ engines }) => engines?.includes(engine) !== false);

  /** Made, changed to another, and back: nothing is left to do after each. */
  async function settles(place: Place, first: string, second: string): Promise<void> {
    await database.build(told(place, first));
    expect(await database.difference(told(place, first))).toBe('');
    const kept = (text: string): string =>
      place.keepsThreeBytes?.includes(engine) === true ? text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?') : text;
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare(told(place, second));
    expect(upgrade.length > 0).toBe(kept(first) !== kept(second));
    await database.apply(upgrade);
    expect(await database.difference(told(place, second))).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
    expect(await database.difference(told(place, first))).toBe('');
  }

  it.each(mine)('settles as $name, whatever it is', async (place) => {
    const sharing = place.engines ?? allEngines;
    for (const [index, text] of samples.entries()) {
      // of a long product one text in two is in each place, on one of its engines
      if (!isTurnOfHalf(index, engine, sharing)) continue;
      await database.reset();
      await settles(place, text, samples[(index + 1) % samples.length]);
    }
  });

  // each place on one of its engines
  const drawn = mine.filter((place) => isTurnOfEngine(places.indexOf(place), engine, place.engines ?? allEngines));
  for (const place of drawn) {
    it(`settles as ${place.name}, drawn at random`, async () => {
      await fc.assert(
        fc.asyncProperty(texts, texts, async (first, second) => {
          fc.pre(first !== second);
          await database.reset();
          await settles(place, first, second);
        }),
        { numRuns: turns.isWhole ? 5 : 1 },
      );
    });
  }

  it('an item of an enum is what it was, where its column changes and changes back', async () => {
    const entities = (...more: readonly string[]): Entities =>
      thing({ b: p.enum(['ünï', '😀', ...more]).comment('what is 😀') }, { comment: 'of 😀' });
    await database.build(entities());
    const insert = "insert into thing (id, b) values (?, '😀')";
    await database.execute(insert.replace('?', '1'));
    const { upgrade, downgrade } = await database.compare(entities('漢'));
    for (const [index, direction] of [upgrade, downgrade].entries()) {
      await database.apply(direction);
      await database.execute(insert.replace('?', String(index + 2)));
    }
    expect(await database.connection.execute('select distinct b from thing')).toEqual([{ b: '😀' }]);
    expect(await database.difference(entities())).toBe('');
  });
});
