import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type MigrationError, type MigrationEvent } from 'nest-migrate';
import { allEngines, type Engine, type Row } from '../../support/databases.ts';
import { given } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: Engine, revisions: Revisions): Promise<Scenario> {
  const started = await scenario(engine, { revisions });
  ending.push(() => started.end());
  return started;
}

async function rows(at: Scenario, sql: string): Promise<readonly Row[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(sql);
}

/** What a run has told, and how it ended. */
async function told(run: (options: { onEvent: (event: MigrationEvent) => void }) => Promise<unknown>): Promise<{
  readonly events: readonly MigrationEvent[];
  readonly warnings: readonly string[];
  readonly code?: string;
  readonly text: string;
}> {
  const events: MigrationEvent[] = [];
  const error = await run({ onEvent: (event) => void events.push(event) }).then(
    () => undefined,
    (reason: unknown) => reason as MigrationError,
  );
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { events, warnings, code: error?.code, text: String(error) };
}

/** A table of that many rows whose `hits` are counted and whose `slug` is to be filled. */
const books = (count: number) =>
  given({ count }, async (op, values) => {
    await op.createTable('book', {
      columns: {
        id: { type: 'integer', primary: true },
        title: { type: 'string', length: 40 },
        slug: { type: 'string', length: 40, nullable: true },
        hits: { type: 'integer', default: 0 },
      },
    });
    const ids = Array.from({ length: values.count }, (_, at) => at + 1);
    await op.bulkInsert(
      'book',
      ids.map((id) => ({ id, title: `Title ${id}` })),
    );
  });

const wrong = 'select count(*) as wrong from book where hits <> 1 or slug is null or slug <> lower(title)';

describe.each(allEngines)('op.backfill on %s', (engine) => {
  it('fills every row once, by SQL, in batches that each commit', async () => {
    const at = await start(engine, {
      aaaa: books(250),
      bbbb: (op) =>
        op.backfill({
          table: 'book',
          where: 'slug is null',
          set: { slug: 'lower(title)', hits: 'hits + 1' },
          batch: 60,
        }),
    });
    const { events, warnings, code, text } = await told((options) => at.migrations.upgrade(options));
    expect([code, text]).toEqual([undefined, 'undefined']);
    expect(Number((await rows(at, wrong))[0]?.['wrong'])).toBe(0);
    const progress = events.flatMap((event) => (event.type === 'backfillProgress' ? [event.progress.done] : []));
    expect(progress.slice(0, 4)).toEqual([60, 120, 180, 240]);
    expect(warnings).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'backfillFinished',
        progress: expect.objectContaining({ table: 'book', changed: 250, pass: 2 }),
      }),
    );
    expect(await rows(at, 'select * from nest_migrate_journal')).toEqual([]);
  });

  it('gives the rows of each batch to a function, with what op.transaction gives', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: (op) =>
        op.backfill<{ id: number; title: string }>({
          table: 'book',
          where: 'slug is null',
          batch: 10,
          rows: async (batch, { em, kysely, get }) => {
            if (typeof get !== 'function' || typeof kysely.selectFrom !== 'function') throw new Error('incomplete');
            if (batch.length > 10 || Object.keys(batch[0]).length !== 4) throw new Error(JSON.stringify(batch[0]));
            for (const { id, title } of batch) {
              await em.execute('update book set slug = ?, hits = hits + 1 where id = ?', [title.toLowerCase(), id]);
            }
          },
        }),
    });
    const { code, text, warnings } = await told((options) => at.migrations.upgrade(options));
    expect([code, text, warnings]).toEqual([undefined, 'undefined', []]);
    expect(Number((await rows(at, wrong))[0]?.['wrong'])).toBe(0);
  });
});
