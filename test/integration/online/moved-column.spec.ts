/** A column that moves to another type while sessions write it: no value is lost, and none is wrong. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { type OnlineSources } from '../../../libs/nest-migrate/src/engines/online/online.js';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type Engine } from '../../support/engines.js';
import { scenario, type Scenario } from '../../support/scenario.js';
import { isTurn } from '../../support/turns.js';

const op = builders;
const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const ROWS = 2000;
const counting = { 'a serial key': { autoincrement: true }, 'an identity': { generated: 'identity' } } as const;

async function bookshop(engine: Engine): Promise<Scenario> {
  const made = await scenario(engine, {
    poolMax: 12,
    revisions: {
      aaa1: async (op) => {
        await op.createEnum('mood', ['low', 'none', 'high']);
        await op.createTable('book', {
          columns: {
            id: { type: 'integer', primary: true, autoincrement: true },
            number: { type: 'integer', generated: 'identity' },
            pages: { type: 'string', length: 20, default: '1' },
            mood: { type: 'enum', nativeEnumName: 'mood', defaultRaw: `'low'::mood` },
          },
          indexes: [
            { name: 'book_pages', columns: ['pages'] },
            { name: 'book_number', columns: ['number'] },
            { name: 'book_mood', columns: ['mood', 'id'] },
          ],
        });
      },
    },
  });
  running.push(made);
  await made.migrations.upgrade();
  return made;
}

const connectionOf = ({ orm }: Scenario): AbstractSqlConnection => (orm as unknown as MikroORM).em.getConnection();

/** Adds a revision as `db migrate --online` writes it. */
async function addOnline(made: Scenario, operation: Operation): Promise<void> {
  const sources: OnlineSources = {
    onDatabase: (work) => work(connectionOf(made)),
    onScratch: () => Promise.reject(new TypeError('it needs no scratch database')),
  };
  const online = await engineFor(made.orm).online?.(sources, [[operation]]);
  const body = renderBody([operation], { direction: 'upgrade', connection: 'default', online }, {});
  expect(body).toContain('op.syncColumns');
  await made.addRevision('bbb1', 'aaa1', body);
}

const changes: Readonly<
  Record<string, { readonly column: string; readonly change: Operation; readonly values: readonly string[] }>
> = {
  'a text that becomes a number': {
    column: 'pages',
    change: op.alterColumn(
      'book',
      'pages',
      { type: 'bigint', default: 1 },
      { existing: { type: 'string', length: 20, default: '1' } },
    ),
    values: Array.from({ length: 97 }, (_, index) => String(index)),
  },
  'an enum that loses a value': {
    column: 'mood',
    change: op.alterEnum('mood', ['low', 'high'], {
      existing: ['low', 'none', 'high'],
      columns: [{ table: 'book', column: 'mood' }],
    }),
    values: ['low', 'high'],
  },
};
const names = Object.keys(changes);

describe('requests that write a column while it moves', () => {
  it.each(names.filter((name) => isTurn(0, name, names)))('lose nothing: %s', async (name) => {
    const { change, column, values } = changes[name] ?? { values: [] };
    const made = await bookshop('postgres');
    const connection = connectionOf(made);
    await connection.execute(`insert into book (pages) select '1' from generate_series(1, ${ROWS})`);
    await addOnline(made, change);
    let isOver = false;
    const failures: string[] = [];
    const written = new Map<number, string>();
    // each writes rows of its own, so that it knows what they hold; a literal is a value of both types
    const sessions = Array.from({ length: 8 }, async (_, session) => {
      for (let turn = 0; !isOver; turn++) {
        const id = ((turn * 8 + session) % ROWS) + 1;
        const value = values[(turn * 31 + session) % values.length] ?? '';
        try {
          if (session % 2 === 0) await connection.execute(`select ${column} from book where id = ${id}`);
          else if (turn % 5 === 0) {
            const [row] = await connection.execute<{ id: number }[]>(
              `insert into book (${column}) values ('${value}') returning id`,
            );
            written.set(row?.id ?? 0, value);
          } else {
            await connection.execute(`update book set ${column} = '${value}' where id = ${id}`);
            written.set(id, value);
          }
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    });
    try {
      await made.migrations.upgrade();
    } finally {
      isOver = true;
      await Promise.all(sessions);
    }
    expect(failures).toEqual([]);
    const rows = await connection.execute<{ id: number; value: string }[]>(
      `select id, ${column}::text as value from book`,
    );
    const first = column === 'pages' ? '1' : 'low';
    const wrong = rows.filter(({ id, value }) => value !== (written.get(id) ?? first));
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(ROWS);
    expect([...written.keys()].filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
  });
});

describe('a column that counts', () => {
  it.each(Object.entries(counting))('counts on where it was: %s', async (_, counted) => {
    const column = 'autoincrement' in counted ? 'id' : 'number';
    const made = await bookshop('pglite');
    const connection = connectionOf(made);
    await connection.execute(`insert into book (pages) select '1' from generate_series(1, 9)`);
    await connection.execute('delete from book where id > 4');
    const existing = { type: 'integer' as const, ...counted };
    await addOnline(made, op.alterColumn('book', column, { type: 'bigint' }, { existing }));
    await made.migrations.upgrade();
    const [row] = await connection.execute<object[]>(
      `insert into book (pages) values ('2') returning ${column}::text as value`,
    );
    expect(row).toEqual({ value: '10' });
  });
});
