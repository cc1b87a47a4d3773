import { type RowBatches } from '../engines/session/row-batches.js';
import { type BatchStatement, type ScriptLoop, type ScriptLoops } from '../engines/script-loop.js';
import { type Backfill } from '../operations/backfill.js';
import { BackfillStatements, type KeyRange, type KeyValues } from './backfill-statements.js';
import { MOST_PASSES } from './backfill-run.js';
import { type RunEngine } from './ports.js';

/** A backfill that a script can do: by SQL, along a key that the revision names. */
export interface ScriptableBackfill extends Backfill<never> {
  readonly key: readonly string[];
  readonly work: { readonly set: Readonly<Record<string, string>> };
}

/** The statements of a backfill in a script: the same as those of a run, with variables in place of keys. */
export function scriptStatements(
  { sql, session }: Pick<RunEngine, 'sql'> & { readonly session: { readonly batches: RowBatches } },
  loops: ScriptLoops,
  { schema, table, key, where, work, batch, pause }: ScriptableBackfill,
): readonly string[] {
  const place = { ...(schema !== undefined && { schema }), table };
  const columns = key.map((name) => ({ name, type: '' }));
  const variables: RowBatches = { ...session.batches, text: (_, value) => value, literal: (_, text) => text };
  const statements = new BackfillStatements({ sql }, variables, { ...place, columns, where });
  const after: KeyValues = key.map((_, at) => loops.after(at));
  const last: KeyValues = key.map((_, at) => loops.last(at));
  const bound = (isSparse: boolean): BatchStatement => ({
    first: statements.bound(undefined, batch, isSparse),
    next: statements.bound(after, batch, isSparse),
  });
  const inRange = (write: (range: KeyRange) => string): BatchStatement => ({
    first: write({ after: undefined, last }),
    next: write({ after, last }),
  });
  const loop: ScriptLoop = {
    ...{ place, key, bound: bound(false), limit: batch, pause, passes: MOST_PASSES },
    update: inRange((range) => statements.update(work.set, range)),
    ...(where !== undefined && {
      where: `(${where}\n)`,
      sparse: bound(true),
      count: inRange((range) => statements.count(range)),
    }),
  };
  return loops.statements(loop);
}
