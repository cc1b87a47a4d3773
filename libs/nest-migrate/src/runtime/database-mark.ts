import { type SqlSession } from '../engines/session/sql-session.js';
import { MARK_COLUMNS, type MarkTableSql } from '../engines/tables/mark-table.js';
import { checkColumns } from './own-columns.js';

/** What a database is marked as; `null` where it is not marked. */
export type Mark = 'production' | null;

/**
 * The table that says in the database itself that it must not be lost, whichever process is connected to it. The first
 * mark creates the table.
 */
export class DatabaseMark {
  constructor(
    readonly name: string,
    private readonly sql: MarkTableSql,
  ) {}

  /** The mark. A row with another text, which a later version may have written, protects as well. Never writes. */
  async read(session: SqlSession): Promise<Mark> {
    const columns = await this.#columns(session);
    if (MARK_COLUMNS.some((name) => !columns.has(name))) return null;
    return (await session.query(this.sql.select)).length > 0 ? 'production' : null;
  }

  /**
   * Writes the mark, or deletes it. To be called while holding the migration lock.
   *
   * @returns whether that changed anything.
   * @throws OwnTableColumnMissingError where another table has its name.
   */
  async write(session: SqlSession, mark: Mark): Promise<boolean> {
    const columns = await this.#columns(session);
    checkColumns(this.name, 'mark', { columns, needed: MARK_COLUMNS });
    if ((await this.read(session)) === mark) return false;
    if (columns.size === 0) await session.execute(this.sql.create);
    await session.execute(mark === null ? this.sql.clear : this.sql.insert);
    return true;
  }

  async #columns(session: SqlSession): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ name: string }>(this.sql.columns);
    return new Set(rows.map(({ name }) => name));
  }
}
