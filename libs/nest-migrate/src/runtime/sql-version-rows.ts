import { type SqlSession } from '../engines/session/sql-session.js';
import { type VersionTableSql } from '../engines/tables/version-table.js';
import { VersionConflictError } from '../errors/runtime.errors.js';
import {
  IndistinctRevisionsError,
  RevisionIdTooLongError,
  VersionTableColumnMissingError,
  VersionTableColumnTypeError,
  VersionTableSchemaMissingError,
} from '../errors/version-table.errors.js';
import { type RowChange } from '../revision/row-changes.js';
import { type Inquiry } from './inquiry.js';
import { type VersionRows } from './ports.js';

/** The length of the column in a table that this tool creates, in characters. */
const OWN_LENGTH = 255;

interface Column {
  readonly max_length: number | string | null;
  readonly collation_name: string | null;
  readonly data_type: string;
  readonly is_text: unknown;
}

/**
 * The table that holds the current heads, one row each. It is a table that the tool created, or the `alembic_version`
 * of a database that Alembic has managed until now, which is used as it is.
 */
export class SqlVersionRows implements VersionRows {
  /**
   * @param name The table's name, for messages.
   * @param schema The name of its schema as the options have it, quoted; absent for the connection's own.
   */
  constructor(
    readonly name: string,
    private readonly sql: VersionTableSql,
    private readonly schema?: string,
  ) {}

  /**
   * The rows, sorted by id; none where the table does not exist yet. A row without a value counts as the id `''`, which
   * no script has. Never writes.
   *
   * @throws VersionTableColumnMissingError | VersionTableColumnTypeError where the table is not a version table.
   * @throws VersionTableSchemaMissingError
   */
  async read(session: SqlSession): Promise<readonly string[]> {
    if (!(await this.exists(session))) return [];
    let rows: readonly { readonly version_num: unknown }[];
    try {
      rows = await session.query<{ version_num: unknown }>(this.sql.select);
    } catch (error) {
      const [column] = await session.query<Column>(this.sql.column).catch(() => [null]);
      if (column === undefined) throw new VersionTableColumnMissingError(this.name, error);
      throw error;
    }
    const ids = rows.map(({ version_num: id }) => textOf(id));
    if (!ids.every((id) => id !== undefined)) {
      const [column] = await session.query<Column>(this.sql.column);
      throw new VersionTableColumnTypeError(this.name, column?.data_type ?? 'unknown');
    }
    // each engine sorts by its own collation
    return [...ids].sort();
  }

  /**
   * Creates the table where it is missing. To be called while holding the migration lock. Returns whether it was
   * missing.
   */
  async ensure(session: SqlSession): Promise<boolean> {
    const isMissing = !(await this.exists(session));
    if (isMissing) await session.execute(this.sql.create);
    return isMissing;
  }

  /** Deletes all rows, as `stamp --purge` does first. */
  async clear(session: SqlSession): Promise<void> {
    await session.execute(this.sql.clear);
  }

  /**
   * Checks that the table can hold what a run would write, before the run changes anything. A table of Alembic's has
   * room for 32 characters. On MySQL and MariaDB it treats `abc` and `ABC` as equal.
   *
   * @param states The rows after each step.
   * @throws RevisionIdTooLongError | IndistinctRevisionsError | VersionTableColumnTypeError
   */
  async check(session: SqlSession, states: readonly (readonly string[])[]): Promise<void> {
    const [column] = await session.query<Column>(this.sql.column);
    if (column !== undefined && !isTrue(column.is_text)) {
      throw new VersionTableColumnTypeError(this.name, column.data_type);
    }
    const length = column === undefined ? OWN_LENGTH : Number(column.max_length ?? Infinity);
    const tooLong = states.flat().find((id) => [...id].length > length);
    if (tooLong !== undefined) throw new RevisionIdTooLongError(tooLong, length, this.name, this.sql.widen);
    const collation = column?.collation_name ?? null;
    if (collation === null) return;
    for (const rows of states) {
      const seen = new Map<string, string>();
      for (const id of new Set(rows)) {
        const other = seen.get(folded(id));
        if (other !== undefined) {
          throw new IndistinctRevisionsError([other, id], this.name, collation, this.sql.widen);
        }
        seen.set(folded(id), id);
      }
    }
  }

  /**
   * Moves rows by compare-and-swap: each deletion and update must match exactly the rows that the plan was made from.
   *
   * @throws VersionConflictError where a row is gone.
   */
  async apply(session: SqlSession, changes: readonly RowChange[]): Promise<void> {
    for (const change of changes) {
      await this.checkMatched(session, change, await session.execute(this.statement(change)));
    }
  }

  /**
   * @param rows The rows of the table at that moment. Default: they are read.
   * @throws VersionConflictError where a change has not matched the rows that the plan was made from.
   */
  async checkMatched(
    session: SqlSession,
    change: RowChange,
    matched: number,
    rows?: readonly Readonly<Record<string, unknown>>[],
  ): Promise<void> {
    if (matched === expectedRows(change)) return;
    const ids = rows?.map((row) => textOf(row['version_num']) ?? '').sort();
    throw new VersionConflictError(describe(change), this.name, ids ?? (await this.read(session)));
  }

  /** What {@link read} asks. */
  get inquiry(): Inquiry {
    return { first: this.sql.exists, then: this.sql.select };
  }

  /** The statement that creates the table where it does not exist. */
  get creation(): string {
    return this.sql.create;
  }

  /**
   * The statement that moves a row.
   *
   * @param onlyIf A condition without which it moves none.
   */
  statement(change: RowChange, onlyIf?: string): string {
    if (change.kind === 'insert') return this.sql.insert(change.revision, onlyIf);
    if (change.kind === 'delete') return this.sql.delete(change.revision, onlyIf);
    return this.sql.update(change.from, change.to, onlyIf);
  }

  /** Whether the table exists. */
  async exists(session: SqlSession): Promise<boolean> {
    const [row] = await session.query<{ present: unknown; schema_present: unknown }>(this.sql.exists);
    if (this.schema !== undefined && !isTrue(row?.schema_present)) {
      throw new VersionTableSchemaMissingError(this.schema, this.name, this.sql.createSchema);
    }
    return isTrue(row?.present);
  }
}

function isTrue(value: unknown): boolean {
  return value === true || Number(value) === 1;
}

/** Binary columns return bytes. A value that is neither text nor bytes is no id. */
function textOf(id: unknown): string | undefined {
  if (id === null || typeof id === 'string') return id ?? '';
  return id instanceof Uint8Array ? new TextDecoder().decode(id) : undefined;
}

/** An id as the least strict collation compares it: without case, accents and trailing blanks. */
function folded(id: string): string {
  return id.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trimEnd();
}

/** How many rows a change has to match. */
export function expectedRows(change: RowChange): number {
  return change.kind === 'delete' ? (change.count ?? 1) : 1;
}

function describe(change: RowChange): string {
  if (change.kind === 'update') return `moving '${change.from}' to '${change.to}'`;
  return `${change.kind === 'insert' ? 'adding' : 'removing'} '${change.revision}'`;
}
