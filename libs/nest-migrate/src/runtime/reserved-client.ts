import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { nativePool } from './native-pool.js';
import { type Underway } from './ports.js';

/** The driver's own client of one session, `pg`'s or `mysql2`'s: the members that are used here. */
interface NativeClient {
  /** The number of the server's session, as the server told it when the client connected: `pg`. */
  readonly processID?: number | null;
  /** Newer versions of `pg`: whether what it is given to send is sent at once, before what it sent last has ended. */
  pipeline?: boolean;
  /** The same for `mysql2`. */
  readonly threadId?: number | null;
  /** `mysql2`: whether `end` closes a client of a pool. */
  readonly config?: { gracefulEnd?: boolean };
  query(text: string, ...more: readonly unknown[]): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
  /** `pg`: the function that the pool has set for this use of the client. */
  release(destroy?: boolean): void;
  end(): unknown;
}

type Row = Readonly<Record<string, string | number | boolean | null>>;

interface Result {
  readonly rows: readonly Row[];
}

interface NativePool {
  on(event: 'acquire', listener: (client: NativeClient) => void): unknown;
  off(event: 'acquire', listener: (client: NativeClient) => void): unknown;
}

/** A client of the application's pool while a run uses it. */
export class ReservedClient {
  #lostBecause: unknown;
  /** What the application has configured. */
  readonly #pipelined: boolean | undefined;
  /** Keeps the first error that says why the session ended. Later ones only say that the connection is gone. */
  readonly noteLost = (error: unknown): void => {
    this.#lostBecause ??= error;
  };

  constructor(private readonly client: NativeClient) {
    this.#pipelined = client.pipeline;
    client.on('error', this.noteLost);
  }

  /** The error of the server or the network when the session ended; `undefined` while the session lives. */
  get lostBecause(): unknown {
    return this.#lostBecause;
  }

  /**
   * Begins a transaction by `begin`, which makes Kysely send `begin` to this client, and sends a query of one value with
   * it. Returns the value; `undefined` where the driver can't send both at once.
   */
  async beginAsking(query: string, begin: () => Promise<void>): Promise<string | null | undefined> {
    if (!this.#sendsTogether) return begin().then(() => undefined);
    try {
      return firstOf(await this.#sentWith('begin', `begin; ${query}`, begin));
    } catch (error) {
      // where only the query failed
      await Promise.resolve(this.client.query('rollback')).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Commits by `commit`, which makes Kysely send `commit` to this client, and sends a statement before it. Returns
   * `undefined`, with nothing sent, where the driver can't send both at once.
   *
   * @param next A query of one value in a transaction that is begun behind it; the value is returned.
   */
  async commitBehind(
    statement: string,
    next: string | undefined,
    commit: () => Promise<void>,
  ): Promise<{ readonly value: string | null } | undefined> {
    if (!this.#sendsTogether) return undefined;
    const begin = next === undefined ? '' : `; begin; ${next}`;
    return { value: firstOf(await this.#sentWith('commit', `${statement}; commit${begin}`, commit)) };
  }

  /** Lets `begin` begin a transaction that {@link commitBehind} has begun already. */
  async begun(begin: () => Promise<void>): Promise<void> {
    await this.#sentWith('begin', undefined, begin);
  }

  /**
   * Does work that ends with sending `text`, and resolves once that is sent, or the work is over. What is sent from then on
   * follows at once. Resolves to `undefined`, with nothing done, where the driver sends one text at a time.
   */
  async sendAhead(text: string, work: () => Promise<void>): Promise<Underway | undefined> {
    const { client } = this;
    if (client.pipeline === undefined || !this.#sendsTogether) return undefined;
    client.pipeline = true;
    const send = client.query.bind(client);
    return new Promise((resolve) => {
      const noting: NativeClient['query'] = (given, ...more) => {
        if (given !== text) return send(given, ...more);
        Reflect.deleteProperty(client, 'query');
        const result = send(given, ...more);
        resolve({ ended });
        return result;
      };
      client.query = noting;
      const over = (): void => {
        // what is sent behind it may have put its own in this place
        if (client.query === noting) Reflect.deleteProperty(client, 'query');
        resolve({ ended });
      };
      const ended = Promise.resolve().then(work);
      ended.then(over, over);
    });
  }

  /** Only `pg` gives several results of one text. */
  get #sendsTogether(): boolean {
    return this.client.processID !== undefined && !Object.hasOwn(this.client, 'query');
  }

  /** Lets `act` send `word`, with `text` or nothing in its place; returns the results of the statements. */
  async #sentWith(word: string, text: string | undefined, act: () => Promise<void>): Promise<readonly Result[]> {
    const { client } = this;
    let results: readonly Result[] = [];
    const send = client.query.bind(client);
    client.query = async (given, ...more) => {
      Reflect.deleteProperty(client, 'query');
      if (given !== word) return send(given, ...more);
      if (text !== undefined) results = (await send(text)) as readonly Result[];
      return results[0] ?? { rows: [] };
    };
    try {
      await act();
    } finally {
      Reflect.deleteProperty(client, 'query');
    }
    return results;
  }

  /** The rows of several queries, asked together; `undefined` where the driver can't. */
  async queryTogether(queries: readonly string[]): Promise<readonly (readonly object[])[] | undefined> {
    const { client } = this;
    if (client.processID === undefined) return undefined;
    const results = (await client.query(queries.join('; '))) as readonly { readonly rows: readonly object[] }[];
    return results.map(({ rows }) => rows);
  }

  /** Makes the pool replace the client, since the settings of a session end with it. */
  close(): void {
    const { client } = this;
    if (client.config !== undefined && client.threadId !== undefined) {
      client.config.gracefulEnd = true;
      client.end();
      return;
    }
    const release = client.release.bind(client);
    client.release = () => release(true);
  }

  letGo(): void {
    if (this.client.pipeline !== undefined) this.client.pipeline = this.#pipelined;
    this.client.off('error', this.noteLost);
  }
}

/** Notes the clients that a pool gives out while a session is awaited. One of them is the session's. */
export class PoolWatch {
  readonly #given = new Set<NativeClient>();
  readonly #notice = (client: NativeClient): void => {
    this.#given.add(client);
  };

  private constructor(private readonly pool: NativePool) {
    pool.on('acquire', this.#notice);
  }

  /**
   * Returns `undefined` where there is no pool, or where the application made the pool itself, so that only Kysely
   * reaches it.
   */
  static async of(connection: AbstractSqlConnection): Promise<PoolWatch | undefined> {
    const pool = await nativePool<NativePool>(connection);
    return pool !== undefined && ('totalCount' in pool || 'releaseConnection' in pool)
      ? new PoolWatch(pool)
      : undefined;
  }

  /** The client of the session that has just been given out; `number` asks the server for the number of the session. */
  async clientOf(number: () => Promise<string | null>): Promise<ReservedClient | undefined> {
    this.end();
    const given = [...this.#given];
    const [first] = given;
    if (given.length === 1 && first !== undefined) return new ReservedClient(first);
    const own = await number();
    const client = given.find(({ processID, threadId }) => own !== null && String(processID ?? threadId) === own);
    return client === undefined ? undefined : new ReservedClient(client);
  }

  end(): void {
    this.pool.off('acquire', this.#notice);
  }
}

/** The one value of the last result, as text. */
function firstOf(results: readonly Result[]): string | null {
  const [first] = Object.values(results.at(-1)?.rows[0] ?? {});
  return first === undefined || first === null ? null : String(first);
}
