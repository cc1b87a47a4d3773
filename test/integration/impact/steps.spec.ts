import { afterEach, describe, expect, it } from '@jest/globals';
import { measureSteps } from '../../../libs/nest-migrate/src/commands/measured-statements.ts';
import { contextOf, scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Revisions, type Scenario } from '../../support/scenario.ts';
import { type Engine } from '../../support/databases.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function measured(engine: Engine, revisions: Revisions, at: readonly string[]) {
  const made = await scenario(engine, { revisions });
  running.push(made);
  return measureSteps(contextOf(made, { scratch: scratchOption(engine) }), { at });
}

describe.each(['postgres', 'pglite'] as const)('the statements of revisions on %s', (engine) => {
  it('are measured one by one, each without the locks of those before it', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: (op) =>
          op.createTable('book', {
            columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } },
            primaryKey: { columns: ['id'] },
          }),
        bbb2: {
          upgrade: `
            await op.execute('alter table book add column pages int');
            await op.createIndex('book', ['title'], { name: 'by_title' });
            await op.execute('update book set pages = 1');
            await op.createTable('note', { columns: { id: { type: 'integer' } } });
            await op.execute('alter table note alter column id type bigint');
            await op.autocommitBlock(async (op) => {
              await op.createIndex('book', ['pages'], { name: 'by_pages', concurrently: true });
            });`,
        },
      },
      ['aaa1'],
    );
    expect(statements.map(({ ordinal, impact }) => [ordinal, ...impact.tables])).toEqual([
      [0, expect.objectContaining({ table: 'book', lock: 'AccessExclusiveLock', work: 'metadata', isNew: false })],
      [1, expect.objectContaining({ table: 'book', lock: 'ShareLock', work: 'scan', indexes: ['by_title'] })],
      [2, expect.objectContaining({ table: 'book', lock: 'RowExclusiveLock', work: 'scan', rows: 'all' })],
      [3],
      [4, expect.objectContaining({ table: 'note', lock: 'AccessExclusiveLock', work: 'rewrite', isNew: true })],
      [5, expect.objectContaining({ table: 'book', lock: 'ShareUpdateExclusiveLock', indexes: ['by_pages'] })],
    ]);
    expect(statements.map(({ impact }) => impact.source)).toEqual([
      ...Array.from({ length: 5 }, () => 'measured'),
      engine === 'pglite' ? 'table' : 'measured',
    ]);
  });
});
