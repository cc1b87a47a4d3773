import { type SqlSession } from '../engines/session/sql-session.js';
import { type ReadingSession } from './ports.js';

/** A session that can ask several queries in one round trip. */
export interface AskingSession extends ReadingSession {
  /** The rows of each query; `undefined` where the driver can only ask one after the other. */
  queryTogether(queries: readonly string[]): Promise<readonly (readonly object[])[] | undefined>;
}

/**
 * A session that knows the rows of some queries already, asked together; all else is sent as it comes. What is asked
 * ahead is what readers are about to ask, so that they need not know of it.
 */
export class ReadAhead implements ReadingSession {
  readonly #known = new Map<string, readonly object[]>();

  constructor(private readonly session: AskingSession) {}

  /** Asks queries ahead. Where one of them fails, none is known, and the reader that sends it gets its error. */
  async ask(queries: readonly string[]): Promise<void> {
    const news = queries.filter((sql) => !this.#known.has(sql));
    if (news.length < 2) return;
    const found = await this.session.queryTogether(news).catch(() => undefined);
    for (const [at, rows] of (found ?? []).entries()) this.#known.set(news[at] ?? '', rows);
  }

  get inTransaction(): boolean {
    return this.session.inTransaction;
  }

  async query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]> {
    const known = params === undefined ? this.#known.get(sql) : undefined;
    return known === undefined ? this.session.query<T>(sql, params) : ([...known] as T[]);
  }

  execute(...call: Parameters<SqlSession['execute']>): Promise<number> {
    return this.session.execute(...call);
  }
}
