/** The words that the rule `reserved-word` knows are those that the servers refuse as the name of a column. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reservedWords } from '../../../libs/nest-migrate/src/plan/reserved-words.ts';
import { isTurn } from '../../support/turns.ts';
import { LiveDatabase } from '../autogenerate/live-database.ts';

const engines = ['postgres', 'mysql', 'mariadb'] as const;

describe.each(engines.filter((engine) => isTurn(0, engine, engines)))('reserved words on %s', (engine) => {
  let live: LiveDatabase;
  beforeAll(async () => {
    live = await LiveDatabase.create(engine);
  });
  afterAll(() => live.close());

  it('are known', async () => {
    const all = new Set([
      ...(reservedWords.postgres ?? []),
      ...(reservedWords.mysql ?? []),
      ...(reservedWords.mariadb ?? []),
    ]);
    const refused: string[] = [];
    for (const word of all) {
      await live
        .execute(`create temporary table named (${word} int)`, 'drop table named')
        .catch(() => refused.push(word));
    }
    expect(refused.toSorted()).toEqual([...(reservedWords[engine] ?? [])].toSorted());
  });
});
