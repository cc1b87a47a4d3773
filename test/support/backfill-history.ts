/** What backfills count that are interrupted: rows of two tables, worked on once in each upgrade of `bbbb`. */
import { ROWS } from './backfill-counts.ts';
import { given } from './revision-file.ts';
import { type Revisions } from './scenario.ts';

/** Revisions of which the second one works on each row of two tables, by SQL and by a function. */
export function countingRevisions({ pause, batch }: { readonly pause: number; readonly batch: number }): Revisions {
  return {
    aaaa: given({ rows: ROWS }, async (op, { rows }) => {
      const hits = { type: 'integer', default: 0 } as const;
      await op.createTable('book', { columns: { id: { type: 'integer', primary: true }, hits } });
      await op.createTable('entry', {
        columns: { a: { type: 'integer' }, b: { type: 'string', length: 20 }, hits },
        primaryKey: { columns: ['a', 'b'] },
      });
      await op.createTable('tally', { columns: { n: { type: 'integer', primary: true } } });
      await op.execute('insert into tally (n) values (0)');
      const all = Array.from({ length: rows }, (_, at) => at);
      await op.bulkInsert(
        'book',
        all.map((id) => ({ id })),
      );
      await op.bulkInsert(
        'entry',
        all.map((at) => ({ a: at % 7, b: `entry ${at}` })),
      );
    }),
    bbbb: {
      upgrade: given({ pause, batch }, async (op, { pause: wait, batch: most }) => {
        await op.execute('update tally set n = n + 1');
        await op.backfill({ table: 'book', set: { hits: 'hits + 1' }, batch: most, pause: wait });
        await op.backfill<{ a: number; b: string }>({
          table: 'entry',
          batch: most,
          pause: wait,
          rows: async (entries, { em }) => {
            const keys = entries.flatMap(({ a, b }) => [a, b]);
            const some = entries.map(() => '(a = ? and b = ?)').join(' or ');
            await em.execute(`update entry set hits = hits + 1 where ${some}`, keys);
          },
        });
        await op.execute('update tally set n = n + 1000000');
      }),
    },
  };
}
