import { type AbstractSqlConnection, type Kysely } from '@mikro-orm/sql';
import { type SqlSession } from '../dialects/dialect.js';

type Transaction = Awaited<ReturnType<ReturnType<Kysely<unknown>['startTransaction']>['execute']>>;

/** Whose statement it is. With `debug` MikroORM logs those of revisions; a dozen of the tool's own would hide them. */
type Author = 'revision' | 'tool';

/**
 * The one connection of a run. Lock, statements and version rows all go through it, so whoever holds the lock knows
 * that no statement of a dead run is still executing.
 */
export class PinnedSession implements SqlSession {
  #transaction: Transaction | undefined;
  /** Why nothing can be sent any more. */
  #lost: { readonly cause: unknown } | undefined;

  /**
   * @param connection MikroORM's connection, which formats, logs and sends.
   * @param pinned Its client, bound to one pooled connection.
   */
  constructor(
    private readonly connection: AbstractSqlConnection,
    private readonly pinned: Kysely<unknown>,
  ) {}

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
    return this.connection.execute<T[]>(sql, [...params], 'all', this.context, loggingOf(author));
  }

  async execute(sql: string, params: readonly unknown[] = [], author: Author = 'tool'): Promise<number> {
    const { affectedRows } = await this.connection.execute<{ affectedRows: number }>(
      sql,
      [...params],
      'run',
      this.context,
      loggingOf(author),
    );
    return affectedRows;
  }

  /** @param statement What to begin with where the engine's plain `begin` will not do. */
  async begin(statement?: string): Promise<void> {
    try {
      this.#transaction = await this.context.startTransaction().execute();
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
    await this.#transaction?.commit().execute();
    // one that could not be committed is still there, to be rolled back
    this.#transaction = undefined;
  }

  async rollback(): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    try {
      await transaction?.rollback().execute();
    } catch (cause) {
      this.#lost = { cause };
      throw cause;
    }
  }
}

function loggingOf(author: Author): { readonly enabled?: false } {
  return author === 'revision' ? {} : { enabled: false };
}
