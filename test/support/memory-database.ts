/**
 * A database in memory behind the runtime's ports. It knows no SQL: it notes which statements took effect, keeps the tool's
 * own rows, and undoes both where a transaction is rolled back. Tests with it say what the runtime does with its ports; what
 * an engine does is shown on engines.
 */
import { type JournalKey, type JournalRow } from '../../libs/nest-migrate/src/engines/tables/journal-table.ts';
import { TransactionEndedError, VersionConflictError } from '../../libs/nest-migrate/src/errors/runtime.errors.ts';
import { type RowChange } from '../../libs/nest-migrate/src/revision/row-changes.ts';
import { type SqlSession } from '../../libs/nest-migrate/src/engines/session/sql-session.ts';
import {
  type Fence,
  type History,
  type Journal,
  type RecordedStep,
  type RunTables,
  type Session,
  type StepWriter,
  type VersionRows,
} from '../../libs/nest-migrate/src/runtime/ports.ts';

/** What a database holds. */
export interface MemoryState {
  hasTables: boolean;
  rows: string[];
  notes: JournalRow[];
  /** A line for each revision, as `upgrade aaaa`. */
  lines: string[];
  /** The statements of revisions that took effect, in order. */
  done: string[];
}

/** What happens to a statement or to a call of a session instead of what is asked for. */
export type Meddling = (call: string, session: MemorySession) => 'before' | 'behind' | undefined | void;

/** The session is gone: its process died, or its connection is lost. */
export class SessionGone extends Error {
  override readonly name = 'SessionGone';
}

/** What the sessions of one server share. */
export class MemoryDatabase {
  committed: MemoryState = { hasTables: false, rows: [], notes: [], lines: [], done: [] };
  /**
   * Hears each call of a session before it is served: a statement of a revision as its text, all else as what it is. It may
   * throw, and the statement has failed; or say that the session ends before or after it.
   */
  meddle: Meddling = () => undefined;
  /** What queries return, by their text. */
  readonly results = new Map<string, Record<string, unknown>[]>();

  /** @param ddlCommits Whether statements that change the schema commit the open transaction before they run. */
  constructor(readonly ddlCommits = false) {}

  session(): MemorySession {
    return new MemorySession(this);
  }
}

export class MemorySession implements Session {
  fence: Fence | undefined;
  isSpent = false;
  /** What the session was told and asked, in order. */
  readonly calls: string[] = [];
  #isGone = false;
  #isOpen = false;
  #own: MemoryState | undefined;
  #savepoint: MemoryState | undefined;

  constructor(readonly database: MemoryDatabase) {}

  get inTransaction(): boolean {
    return this.#isOpen;
  }

  /** What the session sees, and changes. */
  get state(): MemoryState {
    return this.#own ?? this.database.committed;
  }

  /** Ends the session: what it had not committed is undone, and nothing can be sent any more. */
  end(): void {
    this.#isGone = true;
    this.#own = undefined;
  }

  spend(): void {
    this.isSpent = true;
  }

  async execute(sql: string, _params: readonly unknown[] = [], author: 'revision' | 'tool' = 'tool'): Promise<number> {
    // before it runs, so that it is so where it fails as well
    if (author === 'revision' && /^(?:create|alter|drop)\b/.test(sql)) this.changeSchema();
    return this.call(sql, () => {
      if (author === 'tool') return this.#ownStatement(sql);
      this.state.done.push(sql);
      return 0;
    });
  }

  async query<T = Record<string, unknown>>(sql: string): Promise<T[]> {
    return this.call(sql, () => (this.database.results.get(sql) ?? this.#holds(sql)) as T[]);
  }

  async value(sql: string): Promise<string | null> {
    const [row] = await this.query<Record<string, string | number | boolean | null>>(sql);
    const [value] = Object.values(row ?? {});
    return value === undefined || value === null ? null : String(value);
  }

  async begin(statement = 'begin'): Promise<void> {
    await this.call(statement, () => {
      if (this.#isOpen) throw new Error('There is a transaction already.');
      this.#isOpen = true;
      this.#own = structuredClone(this.database.committed);
    });
  }

  async beginAsking(query: string): Promise<string | null> {
    const [value] = Object.values(this.database.results.get(query)?.[0] ?? {}) as readonly (string | undefined)[];
    await this.begin();
    return value ?? null;
  }

  async commit(): Promise<void> {
    await this.call('commit', () => {
      if (this.#own !== undefined) this.database.committed = this.#own;
      this.#close();
    });
  }

  /** As a driver that sends one statement at a time. */
  async commitBehind(): Promise<boolean> {
    return false;
  }

  async rollback(): Promise<void> {
    if (!this.#isOpen) return;
    this.#close();
    await this.call('rollback', () => undefined);
  }

  /** A change of the schema, which commits on some engines: what comes behind it is in no transaction any more. */
  changeSchema(): void {
    if (!this.database.ddlCommits || this.#own === undefined) return;
    this.database.committed = this.#own;
    this.#own = undefined;
  }

  /** Serves a call, unless the test meddles with it. */
  async call<T>(name: string, serve: () => T): Promise<T> {
    await Promise.resolve();
    if (this.#isGone) throw new SessionGone(name);
    this.calls.push(name);
    const ends = this.database.meddle(name, this) ?? undefined;
    const result = ends === 'before' ? undefined : serve();
    if (ends === undefined) return result as T;
    this.end();
    throw new SessionGone(name);
  }

  #close(): void {
    this.#isOpen = false;
    this.#own = undefined;
  }

  #ownStatement(sql: string): number {
    if (sql.startsWith('savepoint')) this.#savepoint = structuredClone(this.state);
    if (sql.startsWith('rollback to savepoint')) this.#own = this.#savepoint;
    return 0;
  }

  /** A postcondition is the text of the statement whose effect it asks for. */
  #holds(sql: string): Record<string, unknown>[] {
    return sql.startsWith('holds ') ? [{ holds: this.state.done.includes(sql.slice('holds '.length)) }] : [];
  }
}

/**
 * The tool's own rows in memory, which move with the transactions of the session that moves them.
 *
 * @param atOnce Whether one call writes a step down.
 */
export function memoryTables({ atOnce = false }: { readonly atOnce?: boolean } = {}): RunTables {
  return { version, journal, history, ...(atOnce && { stepWriter }) };
}

function at<T>(session: SqlSession, name: string, work: (state: MemoryState) => T): Promise<T> {
  const memory = session as MemorySession;
  return memory.call(name, () => work(memory.state));
}

const stepWriter: StepWriter = {
  write: (session, { changes, direction, entries }, { isOpen }) =>
    at(session, 'stepWriter.write', (state) => {
      const memory = session as MemorySession;
      if (isOpen !== undefined && memory.database.results.get(isOpen)?.[0]?.['is'] !== true)
        throw new TransactionEndedError();
      move(state, changes);
      addLines(state, direction, entries);
      return null;
    }),
};

function move(state: MemoryState, changes: readonly RowChange[]): void {
  for (const change of changes) {
    if (change.kind === 'insert') {
      state.rows.push(change.revision);
      continue;
    }
    const old = change.kind === 'update' ? change.from : change.revision;
    const place = state.rows.indexOf(old);
    if (place === -1) throw new VersionConflictError(`moving '${old}'`, 'versions', state.rows);
    state.rows.splice(place, 1, ...(change.kind === 'update' ? [change.to] : []));
  }
}

function addLines(state: MemoryState, direction: string, entries: RecordedStep['entries']): void {
  for (const { revision } of entries) state.lines.push(`${direction} ${revision ?? 'base'}`);
}

const version: VersionRows = {
  name: 'versions',
  exists: (session) => at(session, 'version.exists', ({ hasTables }) => hasTables),
  ensure: (session) =>
    at(session, 'version.ensure', (state) => {
      const isMissing = !state.hasTables;
      state.hasTables = true;
      return isMissing;
    }),
  read: (session) => at(session, 'version.read', ({ rows }) => [...rows].sort()),
  clear: (session) =>
    at(session, 'version.clear', (state) => {
      state.rows = [];
    }),
  apply: (session, changes) =>
    at(session, 'version.apply', (state) => {
      move(state, changes);
    }),
};

const isRow =
  (key: JournalKey) =>
  (row: JournalRow): boolean =>
    (['revision', 'direction', 'ordinal', 'part'] as const).every((name) => row[name] === key[name]);

const journal: Journal = {
  interrupted: (session) =>
    at(session, 'journal.interrupted', ({ notes }) => {
      const steps = new Map(
        notes.map(({ revision, direction }) => [`${direction} ${revision}`, { revision, direction }]),
      );
      return [...steps.values()].map((step) => ({
        ...step,
        rows: notes.filter((row) => row.revision === step.revision && row.direction === step.direction),
        isReadable: true,
      }));
    }),
  ensure: (session) => at(session, 'journal.ensure', () => (session as MemorySession).changeSchema()),
  add: (session, row) =>
    at(session, 'journal.add', ({ notes }) => {
      if (notes.some(isRow(row))) throw new Error('The journal has a note of that statement already.');
      notes.push(row);
    }),
  mark: (session, key, noted) =>
    at(session, 'journal.mark', (state) => {
      state.notes = state.notes.map((row) => (isRow(key)(row) ? { ...row, state: noted } : row));
    }),
  advance: (session, key, from, to) =>
    at(session, 'journal.advance', (state) => {
      const row = state.notes.find((note) => isRow(key)(note) && note.state === 'partial' && note.sql === from);
      state.notes = state.notes.map((note) => (note === row ? { ...note, ...to } : note));
      return row !== undefined;
    }),
  remove: (session, key) =>
    at(session, 'journal.remove', (state) => {
      state.notes = state.notes.filter((row) => !isRow(key)(row));
    }),
  forget: (session, revision) =>
    at(session, 'journal.forget', (state) => {
      state.notes = state.notes.filter((row) => row.revision !== revision);
    }),
  clear: (session) =>
    at(session, 'journal.clear', (state) => {
      state.notes = [];
    }),
};

const history: History = {
  isReady: (session) => at(session, 'history.isReady', ({ hasTables }) => hasTables),
  ensure: (session) => at(session, 'history.ensure', () => undefined),
  record: (session, { direction, entries }) =>
    at(session, 'history.record', (state) => {
      addLines(state, direction, entries);
    }),
};
