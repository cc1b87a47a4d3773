import { type AbstractSqlConnection, type Kysely } from '@mikro-orm/sql';
import { type ServerSession } from '../engines/dialect.js';
import { ConnectionLostError, reasonOf } from '../errors/runtime.errors.js';
import { type Author, type Fence, type Session } from './ports.js';
import { type PoolWatch, type ReservedClient } from './reserved-client.js';

type Transaction = Awaited<ReturnType<ReturnType<Kysely<unknown>['startTransaction']>['execute']>>;

/**
 * The one connection of a run. Lock, statements and version rows all go through it, so whoever holds the lock knows
 * that no statement of a dead run is still executing.
 */
export class PinnedSession implements Session {
  /** Set while the session holds the lock of a cluster. */
  fence: Fence | undefined;
  #transaction: Transaction | undefined;
  #client: ReservedClient | undefined;
  #isSpent = false;
  /** Why nothing can be sent any more. */
  #lost: { readonly cause: unknown } | undefined;

  /**
   * @param connection MikroORM's connection, which formats, logs and sends.
   * @param pinned Its client, bound to one pooled connection.
   */
  constructor(
    private readonly connection: AbstractSqlConnection,
    private readonly pinned: Kysely<unknown>,
    private readonly server?: ServerSession,
  ) {}

  /** Finds out which of the clients that a pool gave out this session has. */
  async reserve(watch: PoolWatch | undefined): Promise<void> {
    const { server } = this;
    if (server !== undefined) this.#client = await watch?.clientOf(() => this.value(server.number));
  }

  /** Says that a revision runs on the session: when it is released, its connection is closed. */
  spend(): void {
    this.#isSpent = true;
  }

  /** To be called last of all. */
  release(): void {
    if (this.#isSpent) this.#client?.close();
    this.#client?.letGo();
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** What MikroORM's own calls take as `ctx` to run on this session, inside its transaction if there is one. */
  get context(): Kysely<unknown> {
    // Kysely keeps all else waiting for a transaction that could not be begun or ended, for ever
    if (this.#lost !== undefined) throw this.#lost.cause;
    return this.#transaction ?? this.pinned;
  }

  /**
   * MikroORM's connection with every call on this session. Its schema introspection ignores the context it is given in
   * places, which would deadlock a pool of one and would not see what an open transaction has done.
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
    return this.#explained(() =>
      this.connection.execute<T[]>(sql, [...params], 'all', this.context, loggingOf(author)),
    );
  }

  async execute(sql: string, params: readonly unknown[] = [], author: Author = 'tool'): Promise<number> {
    const { affectedRows } = await this.#explained(() =>
      this.connection.execute<{ affectedRows: number }>(sql, [...params], 'run', this.context, loggingOf(author)),
    );
    return affectedRows;
  }

  /** The driver says of a lost connection that it can't be used; why, it was told when nothing ran. */
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

  /** The first value of a query's first row, as a text. */
  async value(sql: string): Promise<string | null> {
    const [row] = await this.query<Record<string, string | number | boolean | null>>(sql);
    const [value] = Object.values(row ?? {});
    return value === undefined || value === null ? null : String(value);
  }

  /** @param statement What to begin with where the engine's plain `begin` will not do. */
  async begin(statement?: string): Promise<void> {
    try {
      this.#transaction = await this.#explained(() => this.context.startTransaction().execute());
    } catch (cause) {
      this.#lost ??= { cause };
      throw cause;
    }
    if (statement === undefined) return;
    // Kysely says `begin` and nothing else; that transaction has not read anything yet
    await this.execute('rollback');
    try {
      await this.execute(statement);
    } catch (error) {
      // Kysely holds the connection until its transaction has ended, which it can only where there is one
      await this.execute('begin');
      await this.rollback();
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.#explained(async () => this.#transaction?.commit().execute());
    // one that could not be committed is still there, to be rolled back
    this.#transaction = undefined;
  }

  async rollback(): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    if (transaction === undefined) return;
    try {
      await transaction.rollback().execute();
    } catch (cause) {
      try {
        // Kysely lets go of the connection behind a rollback alone, and an engine may have ended the transaction by itself
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

/** Whether a server or a driver says that the session ends with that error. */
function isFatal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { severity, fatal } = error as { severity?: unknown; fatal?: unknown };
  return severity === 'FATAL' || severity === 'PANIC' || fatal === true;
}
