import { type SqlSession, type VersionTableSql } from '../dialects/dialect.js';
import { VersionConflictError } from '../errors/runtime.errors.js';
import { type RowChange } from '../revision/row-changes.js';

/** The table that holds the current heads, one row each. */
export class VersionTable {
  /**
   * @param name The table's name, for messages.
   */
  constructor(
    readonly name: string,
    private readonly sql: VersionTableSql,
  ) {}

  /** The rows, sorted by id; none where the table is not there yet. Never writes. */
  async read(session: SqlSession): Promise<readonly string[]> {
    if (!(await this.exists(session))) return [];
    const rows = await session.query<{ version_num: string }>(this.sql.select);
    return rows.map((row) => row.version_num);
  }

  /** Makes sure that the table is there. To be called while holding the migration lock. Answers whether it was not. */
  async ensure(session: SqlSession): Promise<boolean> {
    const isMissing = !(await this.exists(session));
    if (isMissing) await session.execute(this.sql.create);
    return isMissing;
  }

  /** Deletes all rows: what `stamp --purge` begins with. */
  async clear(session: SqlSession): Promise<void> {
    for (const row of await this.read(session)) await session.execute(this.sql.delete(row));
  }

  /**
   * Moves rows by compare-and-swap: each deletion and update must match exactly the row that the plan was made from.
   *
   * @throws VersionConflictError where a row is gone.
   */
  async apply(session: SqlSession, changes: readonly RowChange[]): Promise<void> {
    for (const change of changes) {
      const matched = await session.execute(this.#statement(change));
      if (matched !== 1) throw new VersionConflictError(describe(change), this.name, await this.read(session));
    }
  }

  #statement(change: RowChange): string {
    if (change.kind === 'insert') return this.sql.insert(change.revision);
    if (change.kind === 'delete') return this.sql.delete(change.revision);
    return this.sql.update(change.from, change.to);
  }

  /** Whether the table is there. */
  async exists(session: SqlSession): Promise<boolean> {
    const [row] = await session.query<{ present: unknown }>(this.sql.exists);
    return row?.present === true || Number(row?.present) === 1;
  }
}

function describe(change: RowChange): string {
  if (change.kind === 'update') return `moving '${change.from}' to '${change.to}'`;
  return `${change.kind === 'insert' ? 'adding' : 'removing'} '${change.revision}'`;
}
