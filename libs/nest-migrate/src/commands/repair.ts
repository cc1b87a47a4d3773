import { HistoryDisabledError } from '../errors/version-table.errors.js';
import { ancestors } from '../revision/traversal.js';
import { type History, type HistoryEntry, type Session } from '../runtime/ports.js';
import { RunTransactions } from '../runtime/run-transactions.js';
import { type HistoryLine } from '../runtime/sql-history.js';
import { type AlteredRevision, alteredRevisions, type OperationsOf, recordedParents } from './altered-revisions.js';
import { runningScripts } from './running-scripts.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { readScripts, type RevisionScripts } from './revision-scripts.js';

/**
 * Options of `repair`.
 *
 * @example
 * const { altered } = await migrations.repair({ run: true });
 */
export interface RepairOptions extends Common {
  /**
   * Whether the history is to say from now on that what is in the files is what was applied. Default: false, nothing is
   * written.
   */
  accept?: boolean;
  /**
   * Whether the `upgrade` of each revision with another file is run, twice and without a database, to see whether it
   * does what was applied. What it does outside of `op` takes place: a mail is sent, a file is written. A run that
   * takes longer than ten seconds is abandoned and tells nothing. Default: false, no revision is run.
   */
  run?: boolean;
  /** How long to wait for another process that holds the migration lock, in milliseconds. Default: the module's. */
  lockWaitTimeout?: number;
}

/** What `repair` found and wrote. */
export interface RepairResult {
  /** Applied revisions that are not what the history says of them, oldest first. */
  readonly altered: readonly AlteredRevision[];
  /** The ids of the revisions that got a new line: those above with a script, and those that stand on them. */
  readonly accepted: readonly string[];
}

/**
 * Tells which applied revisions are not what the history says of them. With `accept` it makes the history say what is
 * in the files now: it adds a line with the direction `repair` for each of them, and for those that stand on them,
 * whose hashes depend on theirs. It changes nothing else in the database: no revision is run against it, and no version
 * row moves. Without `run` no revision is run at all: its text is read.
 *
 * @throws HistoryDisabledError where no history is kept; LockTimeoutError where another process held the lock too long.
 */
export async function repair(context: CommandContext, options: RepairOptions = {}): Promise<RepairResult> {
  const scripts = await readScripts(context, options);
  const database = databaseOf(context, options);
  if (database.history === undefined) throw new HistoryDisabledError();
  const operations = options.run === true ? runningScripts(context, scripts) : undefined;
  const rows = await database.readRows();
  const found = await alteredRevisions(scripts, { rows, lines: await database.readHistory(), operations });
  if (options.accept !== true || found.length === 0) return { altered: found, accepted: [] };
  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  const emit = emitter(context, options);
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session, held) => {
    const { lockingTransaction: locking } = database.engine.session;
    const { history } = database;
    if (history === undefined) throw new HistoryDisabledError();
    const transactions = new RunTransactions(session, { timeout: lockWaitTimeout, signal, emit }, { locking, held });
    if (!(await database.hasTables(session))) await transactions.within(() => database.ensureTables(session));
    return transactions.within(async () => {
      const lines = await history.newest(session);
      const now = await database.versionTable.read(session);
      const altered = await alteredRevisions(scripts, { rows: now, lines, operations });
      const accepted = await accept(scripts, { session, history, lines, rows: now, altered, operations });
      return { altered, accepted };
    });
  });
}

interface Acceptance {
  readonly session: Session;
  readonly history: History;
  readonly lines: readonly HistoryLine[];
  readonly rows: readonly string[];
  readonly altered: readonly AlteredRevision[];
  readonly operations: OperationsOf | undefined;
}

async function accept(
  { graph: all, directory }: RevisionScripts,
  { session, history, lines, rows, altered, operations }: Acceptance,
): Promise<readonly string[]> {
  const graph = all.at(rows);
  const applied = ancestors(graph, graph.namesHere(rows), 'all');
  const recorded = new Map(lines.map((line) => [line.revision, line]));
  const isAltered = new Set(altered.map(({ revision }) => revision));
  const accepted = new Set<string>();
  for (const id of graph.oldestFirst) {
    const seal = recorded.get(id)?.seal ?? null;
    const parents = recordedParents(graph, id);
    const standsOnAccepted = parents.some((parent) => accepted.has(parent)) && seal !== null;
    if (!applied.has(id) || !(isAltered.has(id) || standsOnAccepted)) continue;
    const script = graph.get(id);
    const entry: HistoryEntry =
      isAltered.has(id) || seal === null
        ? {
            ...{ revision: id, parents, source: { ...script.source, program: await directory.programDigest(script) } },
            operationsDigest: (await operations?.(script)) ?? null,
          }
        : {
            ...{ revision: id, parents, operationsDigest: seal.operationsDigest },
            source: { kind: seal.fileKind, digest: seal.fileDigest, program: seal.programDigest },
          };
    const step = { direction: 'repair', message: script.message, entries: [entry] } as const;
    await history.record(session, step, { durationMs: null });
    accepted.add(id);
  }
  return [...accepted];
}
