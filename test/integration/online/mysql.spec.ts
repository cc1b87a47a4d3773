/**
 * On MySQL and MariaDB `db migrate --online` writes what each change must not exceed. It ends as the plain form does, in
 * both directions, and says whom a change stops that has no other way.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { isTableAlteration, reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { isTurn } from '../../support/turns.js';
import { sessionOn } from '../../support/statements.js';
import { LiveDatabase } from '../autogenerate/live-database.js';
import { runRendered } from '../../unit/autogenerate/run-rendered.js';
import { mysqlCases, mysqlTables, namedMySqlCases } from './mysql-cases.js';

const about = { direction: 'upgrade', connection: 'default' } as const;

describe('a kind of operations', () => {
  it.each(Object.entries(mysqlCases).filter(([, decision]) => typeof decision === 'string'))(
    'that is written in one way only says why: %s',
    (_, why) => expect(why).toMatch(/^[a-z].{15,}[^.]$/),
  );
});

const engines = ['mysql', 'mariadb'] as const;

describe.each(engines)('the online form on %s', (engine) => {
  let live: LiveDatabase;
  let scratch: LiveDatabase;
  beforeAll(async () => {
    live = await LiveDatabase.create(engine);
    scratch = await LiveDatabase.create(engine);
  });
  afterAll(async () => {
    await live.close();
    await scratch.close();
  });

  const fill = async (database: LiveDatabase, ...lists: readonly (readonly Operation[])[]): Promise<void> => {
    await database.reset();
    for (const operations of [mysqlTables, ...lists]) await database.apply(operations);
  };
  /** The body of a function as the command writes it, for a database at which these have been applied. */
  const written = async (
    operations: readonly Operation[],
    ...applied: readonly (readonly Operation[])[]
  ): Promise<string> => {
    const online = await live.online(operations, async (work) => {
      await fill(scratch, ...applied);
      return work(sessionOn(scratch.connection));
    });
    return renderBody(operations, { ...about, online }, {});
  };

  it.each(namedMySqlCases.filter((_, index) => isTurn(index, engine, engines)))(
    'of %s ends as the plain form does, and goes back as it does',
    async (_, one) => {
      const { operations, before = [] } = one;
      const back = reversed(operations);
      await fill(live, before);
      await live.apply(operations);
      const after = await live.fingerprint();
      await live.apply(back);
      const start = await live.fingerprint();

      await fill(live, before);
      const text = await written(operations, before);
      await live.runText(text);
      expect((await live.fingerprint()).text).toBe(after.text);
      await live.runText(await written(back, before, operations));
      expect((await live.fingerprint()).text).toBe(start.text);

      const ways = one[engine].map((way) => (way === 'copy' || way === 'nothing' ? 'plain' : way));
      expect(await waysIn(text)).toEqual(ways);
      const told = text.replace(/\n\s*\/\/ /g, ' ');
      const isTold = /requests that write to \w+ wait/.test(told);
      expect(isTold).toBe(one[engine].some((way) => way === 'copy' || way === 'inplace shared'));
    },
  );

  /** What each statement of a body asserts; those of new tables and of others than tables are left out. */
  async function waysIn(text: string): Promise<readonly string[]> {
    const steps = await runRendered(text, engine);
    return steps.flatMap(({ operations: [operation] }) => {
      if (operation === undefined || !isTableAlteration(operation)) return [];
      const { algorithm, lock } = operation.assertion ?? {};
      return [algorithm === undefined ? 'plain' : [algorithm, ...(lock === undefined ? [] : [lock])].join(' ')];
    });
  }
});

/** What undoes the operations; nothing where they do not hold what was there. */
function reversed(operations: readonly Operation[]): readonly Operation[] {
  try {
    return operations.toReversed().flatMap(reverse);
  } catch {
    return [];
  }
}
