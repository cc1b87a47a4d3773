import { type SqlSession } from '../engines/session/sql-session.js';
import {
  HISTORY_COLUMNS,
  type HistoryRow,
  type NewHistoryRow,
  type HistorySeal,
  type HistoryTableSql,
  SEAL_COLUMNS,
} from '../engines/tables/history-table.js';
import { checkColumns } from './own-columns.js';
import { chainHash, HASH_ALGORITHM, linkOf } from './chain.js';
import { type Inquiry } from './inquiry.js';
import { cut, firstLine, withoutControls } from './describe-step.js';
import { type History, type HistoryEntry, type KnownLines, type RecordedStep, type TakenStep } from './ports.js';
import { version } from './version.js';

/**
 * The table that tells what was done to a database: when, by whom, how long it took, and on what each revision stands.
 * The version table alone says where the database is; nothing here is needed to continue from there.
 */
export class SqlHistory implements History {
  constructor(
    readonly name: string,
    private readonly sql: HistoryTableSql,
    /** Describes the process that runs the steps, for readers of the table. */
    private readonly client: string,
  ) {}

  /** What {@link newest} asks. */
  get inquiry(): Inquiry {
    return { first: this.sql.columns, then: this.sql.newest };
  }

  /** Whether the table exists. */
  async exists(session: SqlSession): Promise<boolean> {
    return (await this.#columns(session)).size > 0;
  }

  /** Whether the table exists, with all columns that this version writes. */
  async isReady(session: SqlSession): Promise<boolean> {
    const columns = await this.#columns(session);
    return sealColumns.every((name) => columns.has(name));
  }

  /** Creates the table, or its missing columns. To be called while holding the migration lock. */
  async ensure(session: SqlSession): Promise<void> {
    const columns = await this.#columns(session);
    if (columns.size === 0) await session.execute(this.sql.create);
    else for (const name of sealColumns) if (!columns.has(name)) await session.execute(this.sql.addColumn(name));
  }

  /** Adds the lines of a step. To be called in the transaction that moves the rows. */
  async record(session: SqlSession, step: RecordedStep, taken: TakenStep, known?: KnownLines): Promise<void> {
    for (const insert of await this.insertions(session, step, taken, known)) await session.execute(insert);
  }

  /** The statements of {@link record}. What they need to know of earlier lines is read where it is not known. */
  async insertions(
    session: SqlSession,
    step: RecordedStep,
    taken: TakenStep,
    known: KnownLines = new Map(),
    onlyIf?: string,
  ): Promise<readonly string[]> {
    const own = new Set(step.entries.map(({ revision }) => revision));
    const parents = new Set(step.entries.flatMap((entry) => entry.parents).filter((id) => !own.has(id)));
    const unknown = [...parents].filter((id) => !known.has(id));
    const links = new Map([...parents].flatMap((id) => (known.has(id) ? [[id, known.get(id) ?? ''] as const] : [])));
    if (step.direction !== 'downgrade' && unknown.length > 0) {
      for (const { revision, seal } of await this.#lines(session, this.sql.newestOf(unknown)))
        links.set(revision, linkOf(seal));
    }
    const rows = rowsOf(step, { ...taken, client: this.client, links });
    for (const { revision, seal } of rows)
      if (revision !== null && step.direction !== 'downgrade') known.set(revision, linkOf(seal));
    return rows.map((row) => this.sql.insert(row, onlyIf));
  }

  /** The statements of a script that create the table, or what is missing of it. */
  get creation(): readonly string[] {
    return this.sql.script;
  }

  /** The statements that add the lines of a step, for a script that is run later. */
  statements(step: RecordedStep, operationsDigest?: string | null): readonly string[] {
    return rowsOf(step, { durationMs: null, client: null, operationsDigest }).map((row) => this.sql.insert(row));
  }

  /** The newest line; `null` where there is none. Never writes. */
  async last(session: SqlSession): Promise<LastStep | null> {
    if (!(await this.exists(session))) return null;
    const [row] = await session.query<Record<string, unknown>>(this.sql.last);
    if (row === undefined) return null;
    const duration = row['duration_ms'];
    return {
      revision: textOf(row['revision']),
      direction: String(row['direction']) as LastStep['direction'],
      message: String(row['message']),
      appliedAt: momentOf(row['applied_at']),
      durationMs: duration === null || duration === undefined ? null : Number(duration),
      client: textOf(row['client']),
      databaseUser: textOf(row['db_user']),
    };
  }

  /**
   * The parents of each revision when it was last applied. Where another version of the application has migrated the
   * database, that includes revisions for which this version has no scripts. Empty where the table does not exist.
   * Never writes.
   */
  async parents(session: SqlSession): Promise<ReadonlyMap<string, readonly string[]>> {
    return new Map((await this.newest(session)).map(({ revision, parents }) => [revision, parents]));
  }

  /**
   * The newest line of each revision, other than one that undoes it. Empty where the table does not exist. Never
   * writes.
   */
  async newest(session: SqlSession): Promise<readonly HistoryLine[]> {
    return (await this.exists(session)) ? this.#lines(session, this.sql.newest) : [];
  }

  async #lines(session: SqlSession, query: string): Promise<readonly HistoryLine[]> {
    const rows = await session.query<Record<string, unknown>>(query);
    return rows.map((row) => ({
      revision: textOf(row['revision']) ?? '',
      parents: idsOf(row['parents']),
      direction: row['direction'] === 'stamp' || row['direction'] === 'repair' ? row['direction'] : 'upgrade',
      message: textOf(row['message']) ?? '',
      // only what is told of needs it
      get appliedAt() {
        return momentOf(row['applied_at']);
      },
      seal: sealOf(row),
    }));
  }

  async #columns(session: SqlSession): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ name: string }>(this.sql.columns);
    const columns = new Set(rows.map(({ name }) => name));
    checkColumns(this.name, 'history', { columns, needed: HISTORY_COLUMNS });
    return columns;
  }
}

const sealColumns = Object.keys(SEAL_COLUMNS) as readonly (keyof typeof SEAL_COLUMNS)[];

/** What the history holds about the last time a revision was applied, stamped or accepted. */
export interface HistoryLine {
  /** The id of the revision; empty for a stamp to base. */
  readonly revision: string;
  /** The ids that it stood on then: its down revisions and what it depends on. */
  readonly parents: readonly string[];
  /** Whether it was applied (`upgrade`), marked as applied (`stamp`) or accepted as it is (`repair`). */
  readonly direction: Exclude<HistoryRow['direction'], 'downgrade'>;
  /** The first line of the revision's message; may be empty. */
  readonly message: string;
  /** When that was: ISO 8601 in UTC, by the clock of the server. */
  readonly appliedAt: string;
  /** The digests of the revision; `null` in lines of an earlier version and where none were recorded. */
  readonly seal: HistorySeal | null;
}

/** The last step that was taken on a database, as its history has it. */
export interface LastStep {
  /** The id of the revision; `null` for a stamp to base. */
  readonly revision: string | null;
  /** What the step did. */
  readonly direction: HistoryRow['direction'];
  /** The first line of the revision's message; may be empty. */
  readonly message: string;
  /** When that was: ISO 8601 in UTC, by the clock of the server. */
  readonly appliedAt: string;
  /** How long the step took, in milliseconds; `null` where it was not measured, as in a script. */
  readonly durationMs: number | null;
  /** The process that took the step: user, host and process. `null` for a script. */
  readonly client: string | null;
  /** The role that the process was logged in with; `null` where the server did not tell. */
  readonly databaseUser: string | null;
}

/** Converts what a driver returns: a date, or a text that is in UTC even where it does not say so. */
function momentOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const text = String(value)
    .replace(' ', 'T')
    .replace(/([+-]\d\d)$/, '$1:00');
  const date = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A list of ids as stored in the table. Any other content counts as an empty list. */
function idsOf(text: unknown): readonly string[] {
  try {
    const ids: unknown = JSON.parse(String(text));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function sealOf(row: Record<string, unknown>): HistorySeal | null {
  const [algorithm, kind, fileDigest] = ['hash_algorithm', 'file_kind', 'file_digest'].map((name) => textOf(row[name]));
  if (algorithm == null || fileDigest == null) return null;
  return {
    algorithm,
    fileKind: kind === 'js' ? 'js' : 'ts',
    fileDigest,
    programDigest: textOf(row['program_digest']),
    operationsDigest: textOf(row['operations_digest']),
    chainHash: textOf(row['chain_hash']),
  };
}

/** A text column of MySQL and MariaDB holds 65,535 bytes. */
const LONGEST_MESSAGE = 1_000;

interface RecordedBy extends TakenStep {
  readonly client: string | null;
  /** The link of each parent in the chain; absent where the parents cannot be read. */
  readonly links?: ReadonlyMap<string, string>;
}

function rowsOf({ entries, direction, message }: RecordedStep, by: RecordedBy): readonly NewHistoryRow[] {
  const line = cut(withoutControls(firstLine(message)), LONGEST_MESSAGE);
  const { durationMs, client, operationsDigest } = by;
  const links = by.links === undefined ? undefined : new Map(by.links);
  return entries.map(({ revision, parents, ...entry }) => {
    const seal = sealFor({ operationsDigest, ...entry, revision, parents }, links);
    if (revision !== null) links?.set(revision, linkOf(seal));
    return { revision, parents, direction, message: line, toolVersion: version, durationMs, client, seal };
  });
}

/** @param links The links of the parents that are known; absent where no chain hash is to be made. */
export function sealFor(
  { revision, parents, source, operationsDigest = null }: HistoryEntry,
  links: ReadonlyMap<string, string> | undefined,
): HistorySeal | null {
  if (revision === null || source === undefined) return null;
  const { kind: fileKind, digest: fileDigest, program: programDigest } = source;
  const seal = { algorithm: HASH_ALGORITHM, fileKind, fileDigest, programDigest, operationsDigest };
  if (links === undefined) return { ...seal, chainHash: null };
  const of = new Map(parents.map((parent) => [parent, links.get(parent) ?? '']));
  return { ...seal, chainHash: chainHash(revision, seal, of) };
}
