import { setImmediate as turn } from 'node:timers/promises';
import { type AbstractSqlConnection, type Kysely } from '@mikro-orm/sql';
import { type ServerSession } from '../engines/session/server-session.js';
import { ConnectionLostError, reasonOf } from '../errors/runtime.errors.js';
import { type Author, type Fence, type Session, type Underway } from './ports.js';
import { type AskingSession } from './read-ahead.js';
import { type PoolWatch, type ReservedClient } from './reserved-client.js';

type Transaction = Awaited<ReturnType<ReturnType<Kysely<unknown>['startTransaction']>['execute']>>;

/**
 * The one connection of a run. Lock, statements and version rows all use it. A run that holds the lock therefore knows
 * that no statement of a dead run is still executing.
 */
export class PinnedSession implements Session, AskingSession {
  /** Set while the session holds the lock of a cluster. */
  fence: Fence | undefined;
  #transaction: Transaction | undefined;
  /** A transaction that has been begun with the last commit, until it is asked for: what was asked in it, and the value. */
  #ahead: { readonly query: string; readonly value: string | null } | undefined;
  #client: ReservedClient | undefined;
  #isSpent = false;
  /** The reason why nothing can be sent any more. */
  #lost: { readonly cause: unknown } | undefined;

  /**
   * @param connection MikroORM's connection, which formats, logs and sends.
   * @param pinned Its client, bound to one pooled connection.
   * @param server Absent for an engine that runs in this process.
   */
  constructor(
    private readonly connection: AbstractSqlConnection,
    private readonly pinned: Kysely<unknown>,
    private readonly server?: ServerSession,
  ) {}

  /** Determines which of the pool's clients this session uses. */
  async reserve(watch: PoolWatch | undefined): Promise<void> {
    const { server } = this;
    if (server !== undefined) this.#client = await watch?.clientOf(() => this.value(server.number));
  }

  /** Marks that a revision runs on the session, so that its connection is closed when the session is released. */
  spend(): void {
    this.#isSpent = true;
  }

  /** To be called last. */
  release(): void {
    if (this.#isSpent) this.#client?.close();
    this.#client?.letGo();
  }

  get isLost(): boolean {
    return this.#lost !== undefined || this.#client?.lostBecause !== undefined;
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** What MikroORM's own calls take as `ctx` to run on this session, inside its transaction if there is one. */
  get context(): Kysely<unknown> {
    // where a transaction could not be begun or ended, Kysely makes every other call wait forever
    if (this.#lost !== undefined) throw this.#lost.cause;
    return this.#transaction ?? this.pinned;
  }

  /**
   * MikroORM's connection with every call sent on this session. MikroORM's schema introspection ignores the given
   * context in places, which would deadlock a pool of one and would not see what an open transaction has done.
   */
  get introspection(): AbstractSqlConnection {
    return new Proxy(this.connection, {
      get: (target, property) => {
        if (property === 'execute') {
          const execute: AbstractSqlConnection['execute'] = (query, params, method, context, logging) =>
            target.execute(query, params, method, context ?? this.context, { ...logging, enabled: false });
          return execute;
        }
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  }

  async query<T = Record<string, unknown>>(
    sql: string,
    params: readonly unknown[] = [],
    author: Author = 'tool',
  ): Promise<T[]> {
    await this.#turn();
    await this.#takeBack();
    return this.#explained(() =>
      this.connection.execute<T[]>(sql, [...params], 'all', this.context, loggingOf(author)),
    );
  }

  async queryTogether(queries: readonly string[]): Promise<readonly (readonly object[])[] | undefined> {
    await this.#takeBack();
    return this.#explained(async () => this.#client?.queryTogether(queries));
  }

  async execute(sql: string, params: readonly unknown[] = [], author: Author = 'tool'): Promise<number> {
    await this.#turn();
    await this.#takeBack();
    const { affectedRows } = await this.#explained(() =>
      this.connection.execute<{ affectedRows: number }>(sql, [...params], 'run', this.context, loggingOf(author)),
    );
    return affectedRows;
  }

  async sendAhead(sql: string, work: () => Promise<void>): Promise<Underway | undefined> {
    await this.#takeBack();
    return this.#client?.sendAhead(sql, work);
  }

  /**
   * Replaces the driver's error that a lost connection can't be used by the reason for the loss, which the driver told
   * when nothing ran.
   */
  async #explained<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (isFatal(error)) this.#client?.noteLost(error);
      const reason = this.#client?.lostBecause ?? error;
      const setting = this.server?.endedBy(reason);
      if ((reason === error && setting === undefined) || error instanceof ConnectionLostError) throw error;
      throw new ConnectionLostError(reasonOf(reason), setting, reason);
    }
  }

  /** The first value of a query's first row, as text. */
  async value(sql: string): Promise<string | null> {
    const [row] = await this.query<Record<string, string | number | boolean | null>>(sql);
    const [value] = Object.values(row ?? {});
    return value === undefined || value === null ? null : String(value);
  }

  /** @param statement Begins the transaction where the engine's plain `begin` is not enough. */
  async begin(statement?: string): Promise<void> {
    await this.#takeBack();
    await this.#begin(statement);
  }

  async #begin(statement?: string): Promise<void> {
    try {
      this.#transaction = await this.#explained(() => this.context.startTransaction().execute());
    } catch (cause) {
      this.#lost ??= { cause };
      throw cause;
    }
    if (statement === undefined) return;
    // Kysely can only send `begin`; that transaction has read nothing yet and is replaced
    await this.execute('rollback');
    try {
      await this.execute(statement);
    } catch (error) {
      // Kysely holds the connection until its transaction has ended, and it can end one only where one is open
      await this.execute('begin');
      await this.rollback();
      throw error;
    }
  }

  async beginAsking(query: string): Promise<string | null> {
    const begin = async (): Promise<void> => this.#begin();
    const ahead = this.#ahead;
    if (ahead?.query === query) {
      this.#ahead = undefined;
      await this.#client?.begun(begin);
      return ahead.value;
    }
    await this.#takeBack();
    const value = await (this.#client?.beginAsking(query, begin) ?? begin());
    // where the driver could not send both at once
    return value === undefined ? this.value(query) : value;
  }

  async commit(): Promise<void> {
    await this.#explained(async () => this.#transaction?.commit().execute());
    // a transaction that could not be committed is still open, to be rolled back
    this.#transaction = undefined;
  }

  async commitBehind(statement: string, next?: string): Promise<boolean> {
    const begun = await this.#client?.commitBehind(statement, next, () => this.commit());
    if (begun !== undefined && next !== undefined) this.#ahead = { query: next, value: begun.value };
    return begun !== undefined;
  }

  /**
   * Lets the process hear its signals and timers before a statement. An engine that runs in this process gives the
   * event loop no turn, so that a revision of many statements would keep it from them until its end.
   */
  async #turn(): Promise<void> {
    if (this.server === undefined) await turn();
  }

  /** Ends the transaction that was begun ahead. */
  async #takeBack(): Promise<void> {
    if (this.#ahead === undefined) return;
    this.#ahead = undefined;
    await this.execute('rollback');
  }

  async rollback(): Promise<void> {
    await this.#takeBack();
    const transaction = this.#transaction;
    this.#transaction = undefined;
    if (transaction === undefined) return;
    try {
      await transaction.rollback().execute();
    } catch (cause) {
      try {
        // Kysely releases the connection only after a rollback, and the engine may have ended the transaction by itself
        await this.connection.execute('begin', [], 'run', transaction);
        await transaction.rollback().execute();
      } catch {
        this.#lost = { cause };
        throw cause;
      }
    }
  }
}

function loggingOf(author: Author): { readonly enabled?: false } {
  return author === 'revision' ? {} : { enabled: false };
}

/** Whether an error of the server or the driver means that the session has ended. */
function isFatal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { severity, fatal } = error as { severity?: unknown; fatal?: unknown };
  return severity === 'FATAL' || severity === 'PANIC' || fatal === true;
}
