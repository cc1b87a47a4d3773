/** What `db migrate --online` writes ends as what `db migrate` writes, in both directions. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type OnlineSources } from '../../../libs/nest-migrate/src/engines/online/online.js';
import { type Server, startPostgres18 } from '../../support/servers/index.js';
import { sessionOn } from '../../support/statements.js';
import { isTurn } from '../../support/turns.js';
import { LiveDatabase } from '../autogenerate/live-database.js';
import { cases, namedCases, type OnlineCase, tables } from './cases.js';

/** The database itself: what is asked of the scratch database is gone afterwards. */
const onScratchOf =
  (live: LiveDatabase): OnlineSources['onScratch'] =>
  (work) =>
    work(sessionOn(live.connection));

const about = { direction: 'upgrade', connection: 'default' } as const;

describe('a kind of operations', () => {
  it.each(Object.entries(cases).filter(([, decision]) => typeof decision === 'string'))(
    'that is written in one way only says why: %s',
    (_, why) => expect(why).toMatch(/^[a-z].{15,}[^.]$/),
  );
});

const places = ['PGlite', 'PostgreSQL', 'PostgreSQL 18'] as const;

describe.each(places)('the online form on %s', (place) => {
  let live: LiveDatabase;
  let newest: Server | undefined;
  beforeAll(async () => {
    if (place === 'PostgreSQL 18') newest = await startPostgres18();
    live = await LiveDatabase.create(place === 'PGlite' ? 'pglite' : 'postgres', {}, newest);
  });
  afterAll(async () => {
    await live.close();
    await newest?.stop();
  });

  const begin = async ({ before = [] }: OnlineCase): Promise<void> => {
    await live.reset();
    for (const operation of [...tables, ...before]) await live.apply([operation]);
  };
  /** The body of a function as the command writes it for the database as it is. */
  const written = async (operations: readonly Operation[]): Promise<string> =>
    renderBody(operations, { ...about, online: await live.online(operations, onScratchOf(live)) }, {});

  it.each(namedCases.filter((_, index) => isTurn(index, place, places)))(
    'of %s ends as the plain form does, and goes back as it does',
    async (_, one) => {
      const { operations, waits } = one;
      const back = reversed(operations);
      await begin(one);
      await live.apply(operations);
      const after = await live.fingerprint();
      await live.apply(back);
      const before = await live.fingerprint();

      await begin(one);
      const text = await written(operations);
      await live.runText(text);
      expect((await live.fingerprint()).text).toBe(after.text);
      await live.runText(await written(back));
      expect((await live.fingerprint()).text).toBe(before.text);
      const told = text.replace(/\n\s*\/\/ /g, ' ');
      if (waits === undefined) expect(told).not.toMatch(/requests on \w+ wait/);
      else expect(told).toMatch(waits);
    },
  );
});

/** What undoes the operations; nothing where they do not hold what was there. */
function reversed(operations: readonly Operation[]): readonly Operation[] {
  try {
    return operations.toReversed().flatMap(reverse);
  } catch {
    return [];
  }
}
