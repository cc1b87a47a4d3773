import { type LockHolder } from '../engines/dialect.js';
import { standing } from '../revision/standing.js';
import { HEADS } from '../revision/symbol.js';
import { statementsDone } from '../runtime/interrupted-revision.js';
import { type LastStep } from '../runtime/sql-history.js';
import { type BegunRevision, begunRevisions, isInTheWay } from './begun-revisions.js';
import { type CommandContext, type Common, databaseOf } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';
import { commandLine } from '../errors/wording.js';

export { describeHolder } from '../runtime/describe-holder.js';

/** A revision that an earlier run has begun and not finished. */
export interface Unfinished {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  /** How many of its statements are done. */
  readonly done: number;
  /** The statement that was running when that run died; `null` where it ended between two. */
  readonly running: string | null;
  /** False: no script of this application has it, and another version of it may be at work. */
  readonly isKnown: boolean;
  /** Whether other upgrades, downgrades and boots are refused until it is finished. */
  readonly isInTheWay: boolean;
  /** What finishes it, without `db` in front, such as `upgrade ae10`; `null` where no command of this application does. */
  readonly finish: string | null;
  /** What forgets it, where somebody has mended the database: `stamp ae10`. */
  readonly forget: string;
}

/** All that there is to see of a database and its revisions at a moment. */
export interface Status {
  /**
   * `head`: every revision is applied. `behind`: some are pending. `ahead`: a newer version of the application has been here,
   * as the history proves. `foreign`: it holds what no script has, and nothing proves that.
   */
  readonly standing: 'head' | 'behind' | 'ahead' | 'foreign';
  /** The version table's rows, sorted. */
  readonly rows: readonly string[];
  /** What an upgrade to all heads would apply, in this order. */
  readonly pending: readonly RevisionInfo[];
  /** Rows that no script has. */
  readonly unknown: readonly string[];
  /** The first that is in the way, else the first of another version of the application; `null` where there is none. */
  readonly unfinished: Unfinished | null;
  /** Whoever holds the migration lock; `null` where nobody does, or the role may not look. */
  readonly lock: LockHolder | null;
  /** What was done last; `null` without a history. */
  readonly last: LastStep | null;
}

/** Where the database stands, what is under way, and what was done last. Writes nothing, and waits for nobody. */
export async function status(context: CommandContext, options: Common = {}): Promise<Status> {
  const scripts = await readScripts(context, options);
  const database = databaseOf(context, options);
  const { rows, interrupted, holder, last } = await database.look();
  const isKnown = rows.every((row) => scripts.graph.has(row));
  const parents = isKnown ? new Map<string, readonly string[]>() : await database.readParents();
  // a directory without revisions has no head that could be asked for
  const found =
    scripts.graph.revisions.length === 0 && isKnown
      ? ({ kind: 'reached' } as const)
      : standing(scripts.graph, rows, HEADS, parents);
  const begun = begunRevisions(scripts.graph, { rows, interrupted, parents }).filter(
    (revision) => isInTheWay(revision) || revision.claim === 'foreign',
  );
  const unfinished = begun.find(isInTheWay) ?? begun[0];
  return {
    standing: found.kind === 'reached' ? 'head' : found.kind,
    rows,
    pending: found.kind === 'behind' ? found.pending.map((id) => revisionInfo(scripts, id, rows)) : [],
    unknown: 'unknown' in found ? found.unknown : [],
    unfinished: unfinished === undefined ? null : unfinishedOf(unfinished),
    lock: holder,
    last,
  };
}

function unfinishedOf(begun: BegunRevision): Unfinished {
  const { notes, claim, exits } = begun;
  return {
    revision: notes.revision,
    direction: notes.direction,
    done: statementsDone(notes),
    running: notes.rows.find(({ state }) => state === 'running')?.sql ?? null,
    isKnown: claim !== 'foreign',
    isInTheWay: isInTheWay(begun),
    finish: notes.isReadable && exits.finish !== null ? commandLine(exits.finish) : null,
    forget: commandLine(exits.stamp),
  };
}
