/** How often the rows were worked on that backfills count (backfill-history.ts). */
import { type AbstractSqlConnection } from '@mikro-orm/sql';

/** How many rows each of the tables has. */
export const ROWS = 1_200;

/** How often rows were worked on, and how far the journal says that the revision is; all seen at one moment. */
export interface Counts {
  /** How often the second revision was applied. */
  readonly upgrades: number;
  readonly notes: number;
  /** The note of the backfill that is under way. */
  readonly under_way: string | null;
  readonly book_done: number;
  readonly entry_done: number;
  readonly book_rows: number;
  readonly book_least: number;
  readonly book_most: number;
  readonly book_sum: number;
  readonly entry_rows: number;
  readonly entry_least: number;
  readonly entry_most: number;
  readonly entry_sum: number;
  readonly tally: number;
}

const journal = 'from nest_migrate_journal';

export async function countsOf(connection: Pick<AbstractSqlConnection, 'execute'>): Promise<Counts> {
  const of = (table: string): readonly string[] => [
    `(select count(*) from ${table}) as ${table}_rows`,
    `(select min(hits) from ${table}) as ${table}_least`,
    `(select max(hits) from ${table}) as ${table}_most`,
    `(select sum(hits) from ${table}) as ${table}_sum`,
  ];
  const parts = [
    "(select count(*) from nest_migrate_history where revision = 'bbbb' and direction = 'upgrade') as upgrades",
    `(select count(*) ${journal}) as notes`,
    `(select max(statement) ${journal} where state = 'partial') as under_way`,
    `(select count(*) ${journal} where ordinal = 1 and state = 'done') as book_done`,
    `(select count(*) ${journal} where ordinal = 2 and state = 'done') as entry_done`,
    ...of('book'),
    ...of('entry'),
    '(select max(n) from tally) as tally',
  ];
  const [row = {}] = await connection.execute<Record<string, string | number | null>[]>(`select ${parts.join(', ')}`);
  const numbers = Object.entries(row).map(([name, value]) => [
    name,
    name === 'under_way' || value === null ? value : Number(value),
  ]);
  return Object.fromEntries(numbers) as Counts;
}

/** What is wrong with the counts; `undefined` where each row was worked on once in each upgrade. */
export function wrongIn(counts: Counts): string | undefined {
  const state =
    counts.under_way === null ? undefined : (JSON.parse(counts.under_way) as { table: string; done: number });
  const expected = (table: 'book' | 'entry'): number => {
    if (state?.table === table) return state.done;
    return counts[`${table}_done`] * ROWS;
  };
  const isWrong = (['book', 'entry'] as const).some((table) => {
    const { upgrades } = counts;
    const least = counts[`${table}_least`];
    const most = counts[`${table}_most`];
    return (
      counts[`${table}_rows`] !== ROWS ||
      counts[`${table}_sum`] !== upgrades * ROWS + expected(table) ||
      least < upgrades ||
      most > upgrades + 1
    );
  });
  const isTallyWrong = counts.tally % 1_000_000 !== counts.upgrades + (counts.notes > 0 ? 1 : 0);
  return isWrong || isTallyWrong ? JSON.stringify(counts) : undefined;
}
