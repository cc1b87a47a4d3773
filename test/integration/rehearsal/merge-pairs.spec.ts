import { afterEach, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../libs/nest-migrate/src/commands/random-numbers.ts';
import { allEngines, type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

/** What a branch may do without being in the way of the other one: all that it touches is its own. */
const harmless: readonly ((branch: string, index: number) => string)[] = [
  (branch, index) => `create table ${branch}_table_${index} (id int primary key)`,
  (branch, index) => `create index ${branch}_index_${index} on book (title)`,
  (branch, index) => `create view ${branch}_view_${index} as select id from book`,
  (branch, index) => `insert into book (id, title) values (${branch === 'left' ? 100 + index : 200 + index}, 'new')`,
  (branch, index) => `update book set title = '${branch} ${index}' where id = ${branch === 'left' ? 1 : 2}`,
];

/** Pairs whose order matters: the one does something to what the other reads, writes or creates. */
const planted: Readonly<Record<string, readonly [string, string]>> = {
  'a row that the other copies': [
    "update book set title = 'Sula' where id = 3",
    'insert into book (id, title) select 900, title from book where id = 3',
  ],
  'the same value': ["update book set title = 'Sula' where id = 3", "update book set title = 'Beloved' where id = 3"],
  'a row that the other counts': ['delete from book where id = 3', 'update tally set n = (select count(*) from book)'],
  'rows by their value': ["update book set title = 'gone' where id = 3", "delete from book where title = 'gone'"],
  'the same name': ['create table clash (id int primary key)', 'create table clash (id int primary key, n int)'],
};

interface Pair {
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** What was planted; absent where nothing was. */
  readonly plant: string | undefined;
}

function pairOf(seed: number): Pair {
  const random = randomFrom(seed);
  const pick = (length: number): number => Math.floor(random() * length);
  const branch = (name: string): string[] =>
    Array.from({ length: 1 + pick(3) }, (_, index) => harmless[pick(harmless.length)](name, index));
  const [left, right] = [branch('left'), branch('right')];
  const names = Object.keys(planted);
  const plant = seed % 2 === 0 ? names[(seed / 2) % names.length] : undefined;
  if (plant !== undefined) {
    const [one, other] = random() < 0.5 ? planted[plant] : planted[plant].toReversed();
    left.splice(pick(left.length + 1), 0, one);
    right.splice(pick(right.length + 1), 0, other);
  }
  return { left, right, plant };
}

/** Every planted pair and as many without, and more with PAIR_SEEDS. */
const SEEDS = Number(process.env['PAIR_SEEDS'] ?? 10);
const cases = allEngines.flatMap((engine) => {
  // an order takes a database: two or three seeds are for the servers, all of them for SQLite
  const seeds = engine === 'sqlite' ? SEEDS : engine === 'pglite' ? 1 : Math.ceil(SEEDS / 4);
  return Array.from({ length: seeds }, (_, seed): [Engine, number, Pair] => [engine, seed, pairOf(seed)]);
});

describe('merge --prove tells of random branches whether their order matters', () => {
  it.each(cases)('on %s, seed %i', async (engine, _seed, { left, right, plant }) => {
    const at = await scenario(engine, {
      revisions: {
        aaa1: executing(
          'create table book (id int primary key, title varchar(100))',
          'create table tally (n int)',
          "insert into book (id, title) values (1, 'Emma'), (2, 'Persuasion'), (3, 'Jazz')",
          'insert into tally (n) values (0)',
        ),
        lll2: { down: 'aaa1', upgrade: executing(...left) },
        rrr2: { down: 'aaa1', upgrade: executing(...right) },
      },
      module: { scratch: scratchOption(engine) },
    });
    running.push(at);
    const { proof } = await at.migrations.merge({ revisions: 'heads', prove: true });
    expect({ commutes: proof?.commutes, plant, found: (proof?.findings.length ?? 0) > 0 }).toEqual({
      ...{ commutes: plant === undefined, plant, found: plant !== undefined },
    });
  });

  it('all planted pairs are among the seeds', () => {
    const found = Array.from({ length: SEEDS }, (_, seed) => pairOf(seed).plant);
    expect(new Set(found.filter((plant) => plant !== undefined))).toEqual(new Set(Object.keys(planted)));
  });
});
