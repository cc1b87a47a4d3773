/** Two columns that `op.syncColumns` keeps equal: old and new releases write the one or the other. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builders, reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { type ColumnOptions } from '../../../libs/nest-migrate/src/operations/column-definition.js';
import { type SyncColumnsOptions } from '../../../libs/nest-migrate/src/operations/kinds/column-sync.operations.js';
import { isTurn } from '../../support/turns.js';
import { LiveDatabase } from '../autogenerate/live-database.js';

const op = builders;
const engines = ['PGlite', 'PostgreSQL'] as const;

describe.each(engines.filter((engine) => isTurn(0, engine, engines)))('columns that are kept equal on %s', (engine) => {
  let live: LiveDatabase;
  beforeAll(async () => {
    live = await LiveDatabase.create(engine === 'PGlite' ? 'pglite' : 'postgres');
  });
  afterAll(() => live.close());

  const begin = async (column: ColumnOptions, copy: ColumnOptions, options?: SyncColumnsOptions): Promise<void> => {
    await live.reset();
    await live.apply([
      op.createTable('book', {
        columns: {
          id: { type: 'integer', primary: true },
          new: { type: 'text', nullable: true },
          one: column,
          other: { ...copy, nullable: true },
        },
      }),
      op.syncColumns('book', 'one', 'other', options),
    ]);
  };
  const after = async (...statements: readonly string[]): Promise<readonly unknown[]> => {
    await live.execute(...statements);
    return live.connection.execute('select id::text, one::text, other::text from book order by id');
  };

  it('follow each other, whichever is written', async () => {
    await begin({ type: 'text', nullable: false }, { type: 'integer' });
    const rows = await after(
      `insert into book (id, one) values (1, '10'), (2, '20'), (3, '30')`,
      'insert into book (id, other) values (4, 40)',
      `update book set one = '11' where id = 1`,
      'update book set other = 21 where id = 2',
      `update book set one = '31', other = 32 where id = 3`,
    );
    expect(rows).toEqual([
      { id: '1', one: '11', other: '11' },
      { id: '2', one: '21', other: '21' },
      { id: '3', one: '31', other: '31' },
      { id: '4', one: '40', other: '40' },
    ]);
  });

  it('are converted as the revision says, by names of columns that mean other things in a trigger', async () => {
    await begin(
      { type: 'text', nullable: true },
      { type: 'text' },
      { forward: `lower(one) || coalesce(new, '')`, back: 'upper(other)' },
    );
    const rows = await after(
      `insert into book (id, one, new) values (1, 'A', '!')`,
      `insert into book (id, other) values (2, 'b')`,
      `update book set other = 'c' where id = 1`,
    );
    expect(rows).toEqual([
      { id: '1', one: 'C', other: 'c' },
      { id: '2', one: 'B', other: 'b' },
    ]);
  });

  it('keep what is more exact while nothing else is written', async () => {
    await begin({ type: 'decimal', precision: 6, scale: 2 }, { type: 'integer' });
    await live.execute('alter table book disable trigger zz_sync_other', 'insert into book (id, one) values (1, 1.25)');
    // as a backfill fills a row that was there before
    const rows = await after('alter table book enable always trigger zz_sync_other', 'update book set other = one');
    expect(rows).toEqual([{ id: '1', one: '1.25', other: '1' }]);
  });

  it('are compared where their type has no operator for it, and null is a value', async () => {
    await begin({ columnType: 'json', nullable: true }, { columnType: 'jsonb' });
    const rows = await after(
      `insert into book (id, one) values (1, '{"a": 1}'), (2, '[]')`,
      `update book set other = '{"b": 2}' where id = 1`,
      'update book set one = null where id = 2',
    );
    expect(rows).toEqual([
      { id: '1', one: '{"b": 2}', other: '{"b": 2}' },
      { id: '2', one: null, other: null },
    ]);
  });

  it('follow in one direction alone where the revision says that', async () => {
    await begin({ type: 'text', nullable: true }, { type: 'integer' }, { back: false });
    const rows = await after(
      `insert into book (id, one, other) values (1, '10', 3)`,
      `insert into book (id, one) values (2, '20')`,
      'update book set other = 5 where id = 2',
      `update book set new = 'x'`,
    );
    expect(rows).toEqual([
      { id: '1', one: '10', other: '10' },
      { id: '2', one: '20', other: '5' },
    ]);
  });

  it('do not keep a row that cannot be converted from changing in other columns', async () => {
    await begin({ type: 'text', nullable: true }, { type: 'integer' });
    await live.execute(
      'alter table book disable trigger zz_sync_other',
      `insert into book (id, one) values (1, 'ten')`,
    );
    expect(await after('alter table book enable always trigger zz_sync_other', `update book set new = 'x'`)).toEqual([
      { id: '1', one: 'ten', other: null },
    ]);
    await expect(live.execute(`update book set one = 'twenty'`)).rejects.toThrow(/invalid input syntax/);
  });

  it('are as before once that ends, and begin again in the reverse', async () => {
    await begin({ type: 'text', nullable: true }, { type: 'integer' }, { back: false });
    const synced = await live.fingerprint();
    const end = { ...op.unsyncColumns('book', 'one', 'other'), previous: { back: false } as const };
    await live.apply([end]);
    expect((await live.fingerprint()).text).not.toContain('zz_sync');
    await live.apply(reverse(end));
    expect(await live.fingerprint()).toEqual(synced);
  });
});
