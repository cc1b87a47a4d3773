import { type SqlSession } from '../engines/session/sql-session.js';
import { type KeptSchema, SCHEMA_COLUMNS, type SchemaTableSql } from '../engines/tables/schema-table.js';
import { checkColumns } from './own-columns.js';

/** The table that keeps the schema as the last run has left it. The first run that keeps it creates the table. */
export class SchemaNote {
  constructor(
    readonly name: string,
    private readonly sql: SchemaTableSql,
  ) {}

  /** What the last run has kept, without its text; `undefined` where nothing is kept. Never writes. */
  async read(session: SqlSession): Promise<Omit<KeptSchema, 'told'> | undefined> {
    const columns = await this.#columns(session);
    if (SCHEMA_COLUMNS.some((name) => !columns.has(name))) return undefined;
    const [row] = await session.query<Omit<KeptSchema, 'told'>>(this.sql.select);
    return row;
  }

  /** The text of the kept fingerprint. */
  async told(session: SqlSession): Promise<string> {
    const [row] = await session.query<Pick<KeptSchema, 'told'>>(this.sql.selectTold);
    return row?.told ?? '';
  }

  /**
   * Keeps a schema in the place of the one before. To be called while holding the migration lock.
   *
   * @throws OwnTableColumnMissingError where another table has its name.
   */
  async keep(session: SqlSession, kept: KeptSchema): Promise<void> {
    const columns = await this.#columns(session);
    checkColumns(this.name, 'schema', { columns, needed: SCHEMA_COLUMNS });
    if (columns.size === 0) await session.execute(this.sql.create);
    await session.execute(this.sql.clear);
    await session.execute(this.sql.insert(kept));
  }

  async #columns(session: SqlSession): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ name: string }>(this.sql.columns);
    return new Set(rows.map(({ name }) => name));
  }
}
