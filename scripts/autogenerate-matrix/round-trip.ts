/** One row of the matrix through one tool: there and back, judged by the engine's own dump and by the rows. */
import { type LiveDatabase } from '../../test/integration/autogenerate/live-database.js';
import { shared } from '../../test/integration/autogenerate/rows.js';

/** Version 1 of a schema and version 2; of a single feature, nothing and the feature. */
export interface Trip<Version> {
  readonly before: Version;
  readonly after: Version;
  readonly rows?: readonly string[];
  readonly extensions?: readonly string[];
  readonly recomputed?: readonly string[];
}

/** What a tool does with a version of a schema. */
export interface Tool<Version> {
  /** Writes the revision that makes the database this version, and applies it; what takes it back, or that nothing differed. */
  migrate(
    to: Version,
  ): Promise<{ readonly downgrade: () => Promise<void>; readonly again: () => Promise<void> } | 'nothing'>;
  /** What the tool would still do: nothing, where the database is this version. */
  remaining(to: Version): Promise<string>;
}

export const verdicts = {
  ok: 'holds: applied, nothing left to do, taken back to the same schema, applied again; the rows that both versions have are there',
  start: 'version 1 cannot be made',
  unseen: 'the difference is not seen, nothing is written',
  upgrade: 'the upgrade fails',
  again: 'applied, and the next comparison finds something to do again',
  downgrade: 'the downgrade fails',
  schema: 'the schema after the downgrade is not the one before',
  rows: 'rows are lost or changed',
  reupgrade: 'the upgrade fails the second time',
} as const;

export interface Outcome {
  readonly verdict: keyof typeof verdicts;
  readonly reason?: string;
}

class Failed extends Error {
  readonly verdict: keyof typeof verdicts;

  constructor(verdict: keyof typeof verdicts, reason: string) {
    super(reason);
    this.verdict = verdict;
  }
}

async function step<T>(verdict: keyof typeof verdicts, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failed(verdict, (error as Error).message);
  }
}

export async function roundTrip<Version>(
  database: LiveDatabase,
  tool: Tool<Version>,
  { before, after, rows = [], recomputed = [], extensions }: Trip<Version>,
): Promise<Outcome> {
  await database.reset(extensions);
  try {
    await step('start', async () => {
      await tool.migrate(before);
      await database.execute(...rows);
    });
    const [schemaBefore, rowsBefore] = [await database.schema(), await database.contents()];

    const migration = await step('upgrade', () => tool.migrate(after));
    if (migration === 'nothing') return { verdict: 'unseen' };
    const rowsAfter = await database.contents();
    compare('rows', shared(rowsBefore, rowsAfter, recomputed), shared(rowsAfter, rowsBefore, recomputed));
    const remaining = await step('again', () => tool.remaining(after));
    if (remaining !== '') return { verdict: 'again', reason: remaining };

    await step('downgrade', migration.downgrade);
    compare('schema', schemaBefore, await database.schema());
    compare('rows', shared(rowsBefore, rowsAfter), shared(await database.contents(), rowsAfter));
    await step('reupgrade', migration.again);
    return { verdict: 'ok' };
  } catch (error) {
    if (error instanceof Failed) return { verdict: error.verdict, reason: error.message };
    throw error;
  }
}

function compare(verdict: keyof typeof verdicts, expected: unknown, actual: unknown): void {
  const [before, after] = [expected, actual].map((side) =>
    typeof side === 'string' ? side : JSON.stringify(side, null, 1),
  );
  if (before === after) return;
  const [lines, others] = [before.split('\n'), after.split('\n')];
  const gone = lines.filter((line) => !others.includes(line));
  const come = others.filter((line) => !lines.includes(line));
  throw new Failed(
    verdict,
    [...gone.map((line) => `- ${line.trim()}`), ...come.map((line) => `+ ${line.trim()}`)].join(' '),
  );
}
