/** Runs single statements on the one connection that a run has pinned. */
export interface SqlSession {
  /** The rows of a query. `params` are MikroORM's `?` placeholders, interpolated on the client. */
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** Runs one statement and returns how many rows it changed (0 where the driver does not say). */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
}
