import { type Engine } from '../engines/engine.js';
import { type LockHolder } from '../engines/session/lock.js';
import { standing } from '../revision/standing.js';
import { HEADS } from '../revision/symbol.js';
import { readState } from '../runtime/backfill-state.js';
import { type InterruptedRevision, statementsDone } from '../runtime/interrupted-revision.js';
import { type LastStep } from '../runtime/sql-history.js';
import { type BegunRevision, begunRevisions, isInTheWay } from './begun-revisions.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';
import { tellPending } from './telemetry-of.js';
import { commandLine } from '../errors/wording.js';

/** A revision that an earlier run has begun and not finished. */
export interface Unfinished {
  /** The id of the revision. */
  readonly revision: string;
  /** Whether it was being applied or undone. */
  readonly direction: 'upgrade' | 'downgrade';
  /** How many of its statements are done. */
  readonly done: number;
  /** The SQL of the statement that was running when that run died; `null` where it ended between two statements. */
  readonly running: string | null;
  /** The backfill that it is in the middle of; `null` where it is in none. */
  readonly backfill: BegunBackfill | null;
  /** Whether a script of this application has it. False: another version of the application may be running it. */
  readonly isKnown: boolean;
  /** Whether other upgrades, downgrades and boots are refused until it is finished. */
  readonly isInTheWay: boolean;
  /**
   * The command that finishes it, without `db` in front, such as `upgrade ae10`; `null` where no command of this
   * application does.
   */
  readonly finish: string | null;
  /** The command that forgets it once the database has been mended by hand, such as `stamp ae10`. */
  readonly forget: string;
}

/** A backfill of which some batches are done. */
export interface BegunBackfill {
  /** The table that is filled. */
  readonly table: string;
  /** How many rows were filled so far. */
  readonly rows: number;
  /** The key of the last row that was looked at, in the order of its columns, as texts; `null` between two passes. */
  readonly cursor: readonly string[] | null;
}

/** Where a database stands, what is under way and what was done last, at one moment. */
export interface Status {
  /**
   * `head`: every revision is applied. `behind`: some are pending. `ahead`: a newer version of the application has
   * migrated the database, as the history proves. `foreign`: it holds a revision that no script has, and nothing proves
   * that.
   */
  readonly standing: 'head' | 'behind' | 'ahead' | 'foreign';
  /** The version table's rows, sorted. */
  readonly rows: readonly string[];
  /** The revisions that an upgrade to all heads would apply, in this order. */
  readonly pending: readonly RevisionInfo[];
  /** The rows that no script has. */
  readonly unknown: readonly string[];
  /**
   * The first unfinished revision that stops other commands, else the first of another version of the application;
   * `null` where there is none.
   */
  readonly unfinished: Unfinished | null;
  /** The session that holds the migration lock; `null` where none does, or the role may not see it. */
  readonly lock: LockHolder | null;
  /** The last step that was taken; `null` without a history. */
  readonly last: LastStep | null;
  /** What the database itself is marked as; `null` where it is not marked. */
  readonly mark: 'production' | null;
  /** The revisions that replace others, and whether this database still needs what they replace. */
  readonly squashes: readonly SquashStatus[];
}

/** A revision that replaces others, as one database sees it. */
export interface SquashStatus {
  /** The id of the squash. */
  readonly revision: string;
  /** The ids that it replaces, oldest first. */
  readonly replaces: readonly string[];
  /** The paths of the scripts that it replaces and that are still there. */
  readonly files: readonly string[];
  /** Whether this database goes on along the old path, so that it needs those scripts. */
  readonly isNeeded: boolean;
}

/** Where the database stands, what is under way, and what was done last. Writes nothing, and waits for no lock. */
export async function status(context: CommandContext, options: Common = {}): Promise<Status> {
  const all = await readScripts(context, options);
  const database = databaseOf(context, options);
  const { rows: table, interrupted, holder, last, mark } = await database.look();
  const scripts = { ...all, graph: all.graph.at(table, { begun: interrupted }) };
  const rows = scripts.graph.namesHere(table);
  await tellPending(context, all, table);
  const isKnown = rows.every((row) => scripts.graph.has(row));
  const parents = isKnown ? new Map<string, readonly string[]>() : await database.readParents();
  // a directory without revisions has no head that could be asked for
  const found =
    scripts.graph.revisions.length === 0 && isKnown
      ? ({ kind: 'reached' } as const)
      : standing(scripts.graph, rows, HEADS, parents);
  const begun = begunRevisions(all.graph, { rows: table, interrupted, parents }).filter(
    (revision) => isInTheWay(revision) || revision.claim === 'foreign',
  );
  const unfinished = begun.find(isInTheWay) ?? begun[0];
  return {
    standing: found.kind === 'reached' ? 'head' : found.kind,
    rows: table,
    pending: found.kind === 'behind' ? found.pending.map((id) => revisionInfo(scripts, id, rows)) : [],
    unknown: 'unknown' in found ? found.unknown : [],
    unfinished: unfinished === undefined ? null : unfinishedOf(unfinished, database.engine),
    lock: holder,
    last,
    mark,
    squashes: all.graph.squashes.map((squash) => ({
      revision: squash,
      replaces: all.graph.script(squash)?.replaces ?? [],
      files: all.graph.scriptsReplacedBy(squash).map(({ path }) => path),
      isNeeded:
        table.some((row) => all.graph.needsReplaced(squash, row)) ||
        (!scripts.graph.has(squash) && scripts.graph.replacedBy(squash) === undefined),
    })),
  };
}

function backfillIn(
  { rows }: InterruptedRevision,
  { session: { batches } }: Pick<Engine, 'session'>,
): BegunBackfill | null {
  const note = rows.find(({ state }) => state === 'partial');
  const state = note === undefined ? undefined : readState(note.sql);
  if (state === undefined) return null;
  const { table, changed, cursor } = state;
  return { table, rows: changed, cursor: cursor && cursor.map((value) => batches.shown?.(value) ?? value) };
}

function unfinishedOf(begun: BegunRevision, engine: Pick<Engine, 'session'>): Unfinished {
  const { notes, claim, exits } = begun;
  return {
    revision: notes.revision,
    direction: notes.direction,
    done: statementsDone(notes),
    running: notes.rows.find(({ state }) => state === 'running')?.sql ?? null,
    backfill: backfillIn(notes, engine),
    isKnown: claim !== 'foreign',
    isInTheWay: isInTheWay(begun),
    finish: notes.isReadable && exits.finish !== null ? commandLine(exits.finish) : null,
    forget: commandLine(exits.stamp),
  };
}
