import { type ImpactMeter, type MeasuredSession, type StatementImpact } from '../../impact/impact.js';
import { errorCode } from '../../session/limits.js';
import { wordsOf } from '../../sql/sql-words.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { changedRows } from './changed-rows.js';
import { heldImpact } from './held-statement.js';
import { knownImpact } from './known-statements.js';
import { readRelations, type Relations } from './relations.js';
import { newLocks, tableImpacts } from './table-impacts.js';

/** `active_sql_transaction`: the statement refuses to run in a transaction. */
const NOT_IN_TRANSACTION = '25001';

/** The statements that begin so run code of their own. */
const PROGRAMS = new Set(['do', 'call', 'select', 'with', 'execute']);

/**
 * Measures on PostgreSQL and PGlite: the locks that the session holds when the statement is done, the files of tables
 * and indexes before and after, and the scans that the server has counted. The server counts the scan of an empty table
 * too.
 */
export class PostgresMeter implements ImpactMeter {
  /** The tables that were there before the first statement, by their numbers. */
  #first: ReadonlySet<number> | undefined;

  /**
   * @param home The schema whose objects are named without it.
   * @param isEmbedded Whether there is no second session.
   */
  constructor(
    private readonly home: string,
    private readonly isEmbedded: boolean,
  ) {}

  async measure(
    session: MeasuredSession,
    sql: string | null,
    send: (sql: string) => Promise<void>,
  ): Promise<StatementImpact> {
    if (session.inTransaction) return this.#inside(session, sql, send);
    try {
      return await session.within(() => this.#inside(session, sql, send));
    } catch (error) {
      if (causeCode(error) !== NOT_IN_TRANSACTION || sql === null) throw error;
    }
    const before = await this.#read(session);
    const outside = { session, sql, send: () => send(sql), before, created: this.#created(before), home: this.home };
    return this.isEmbedded ? knownImpact(outside) : heldImpact(outside);
  }

  /** Measures a statement in a transaction that nothing else is done in. */
  async #inside(
    session: MeasuredSession,
    sql: string | null,
    send: (sql: string) => Promise<void>,
  ): Promise<StatementImpact> {
    const plan = sql === null ? undefined : await changedRows(session, sql);
    await session.renew();
    const before = await this.#read(session);
    await send(sql ?? '');
    const after = await readRelations(session);
    await session.renew();
    const tables = tableImpacts({
      before,
      after,
      locks: newLocks(before, after),
      plan,
      isProgram: sql === null || isProgram(sql),
      countsScans: true,
      created: this.#created(before),
      home: this.home,
    });
    return { tables, algorithm: null, source: 'measured', reason: null };
  }

  async #read(session: MeasuredSession): Promise<Relations> {
    const relations = await readRelations(session);
    this.#first ??= new Set(relations.all.keys());
    return relations;
  }

  #created({ all }: Relations): ReadonlySet<number> {
    return new Set([...all.keys()].filter((oid) => this.#first?.has(oid) === false));
  }
}

function isProgram(sql: string): boolean {
  const [first] = wordsOf(sql, postgresLexicalRules);
  return PROGRAMS.has(first?.code ?? '');
}

/** The code of the server's error, which a run wraps. */
function causeCode(error: unknown): unknown {
  const code = errorCode(error);
  return code ?? (error instanceof Error && error.cause !== undefined ? errorCode(error.cause) : undefined);
}
