/** Four sessions write and four read while revisions run in their online form: each request is done, and done once. */
import { describe, expect, it } from '@jest/globals';
import { type MikroORM } from '@mikro-orm/sql';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { sessionOn } from '../../support/statements.js';
import { isTurn } from '../../support/turns.js';
import { LiveDatabase } from '../autogenerate/live-database.js';
import { namedCases, tables } from './cases.js';
import { mysqlTables, namedMySqlCases } from './mysql-cases.js';

const engines = ['postgres', 'mysql', 'mariadb'] as const;
type Server = (typeof engines)[number];

interface Change {
  readonly before: readonly Operation[];
  readonly operations: readonly Operation[];
}

/** Changes that read or write rows, and stop no request. */
function changesOf(engine: Server): readonly Change[] {
  if (engine === 'postgres') {
    const found = namedCases.filter(([, { scans, waits }]) => scans === true && waits === undefined);
    return found.map(([, { before = [], operations }]) => ({ before, operations }));
  }
  const found = namedMySqlCases.filter(([, one]) =>
    one[engine].every((way) => way === 'inplace none' || way === 'nocopy none'),
  );
  return found.map(([, { before = [], operations }]) => ({ before, operations }));
}

/** Requests, one after the other in each session, until it is stopped; returns how many wrote, and what failed. */
function traffic(sessions: readonly MikroORM[]): () => Promise<{ readonly writes: number; readonly errors: string[] }> {
  let isOver = false;
  let writes = 0;
  const errors: string[] = [];
  const running = sessions.map(async ({ em }, at) => {
    while (!isOver) {
      try {
        if (at % 2 === 0) await em.getConnection().execute('select * from book join author on author.id = book.id');
        else {
          await em.getConnection().execute(`update book set hits = hits + 1 where code = ${Math.ceil(at / 4)}`);
          writes += 1;
        }
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(running);
    return { writes, errors };
  };
}

describe.each(engines.filter((engine) => isTurn(0, engine, engines)))('requests on %s', (engine) => {
  it('are all done while a revision runs in its online form', async () => {
    const live = await LiveDatabase.create(engine);
    const scratch = await LiveDatabase.create(engine);
    const sessions = await Promise.all(Array.from({ length: 8 }, () => live.another()));
    try {
      const failures: unknown[] = [];
      for (const { before, operations } of changesOf(engine)) {
        const made = [...(engine === 'postgres' ? tables : mysqlTables), ...before];
        const all = [...made, builders.addColumn('book', 'hits', { type: 'integer', default: 0 })];
        for (const database of [live, scratch]) {
          await database.reset();
          for (const operation of all) await database.apply([operation]);
        }
        const online = await live.online(operations, (work) => work(sessionOn(scratch.connection)));
        const text = renderBody(operations, { direction: 'upgrade', connection: 'default', online }, {});
        const stop = traffic(sessions);
        const failure = await live.runText(text).catch((error: unknown) => error);
        const { writes, errors } = await stop();
        const [row] = await live.connection.execute<{ hits: number | string }[]>('select sum(hits) as hits from book');
        if (failure !== undefined || errors.length > 0 || Number(row?.hits) !== writes) {
          failures.push({ text, failure, errors, writes, hits: row?.hits });
        }
      }
      expect(failures).toEqual([]);
    } finally {
      for (const session of sessions) await session.close(true);
      await live.close();
      await scratch.close();
    }
  });
});
