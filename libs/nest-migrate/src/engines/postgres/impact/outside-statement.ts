import { type MeasuredSession, type StatementImpact } from '../../impact/impact.js';
import { wordsOf } from '../../sql/sql-words.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { readRelations, type Relations } from './relations.js';
import { tableImpacts } from './table-impacts.js';

/** A statement that refuses to run in a transaction. */
export interface OutsideStatement {
  readonly session: MeasuredSession;
  readonly sql: string;
  readonly send: () => Promise<void>;
  readonly before: Relations;
  readonly created: ReadonlySet<number>;
  readonly home: string;
}

/** What such a statement did, which is done by now. */
export async function outsideImpact(
  { session, sql, before, created, home }: OutsideStatement,
  locks: Relations['locks'],
  source: StatementImpact['source'],
  after?: Relations,
): Promise<StatementImpact> {
  const now = after ?? (await readRelations(session));
  const tables = tableImpacts({ before, after: now, locks, created, home, countsScans: false });
  // the server counts no scan for it
  const isVacuum = [...wordsOf(sql, postgresLexicalRules)][0]?.code === 'vacuum';
  return {
    tables: tables.map((table) => (isVacuum && table.work === 'metadata' ? { ...table, work: 'scan' } : table)),
    algorithm: null,
    source,
    reason: source === 'table' ? 'PGlite has no second session that could watch it.' : null,
  };
}
