import { BaseUnknownError } from '../errors/command.errors.js';
import { GitFailedError } from '../errors/script.errors.js';
import { asksCurrent, rangeFor, requestedRange } from '../revision/requested-range.js';
import { chainsOf } from '../revision/verification-order.js';
import { type LintFixes } from './lint-fix.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { makePlan } from './make-plan.js';
import { type PlanResult } from './plan-result.js';
import { published } from './published-revisions.js';
import { namingHeads, readFiles, readScripts, type RevisionScripts } from './revision-scripts.js';
import { statisticsIn } from './stats.js';

/**
 * Options of `lint`.
 *
 * @example
 * const { worst, findings } = await migrations.lint({ base: 'origin/main', stats: 'stats.json' });
 */
export interface LintOptions extends Common {
  /** `[start]:[end]` as symbols, both inclusive. Default: the revisions that `base` does not have. */
  range?: string;
  /**
   * A git commit, such as `origin/main`: revisions that it has are published, and not looked at. Default: the remote's
   * default branch where git knows one; else none is published.
   */
  base?: string;
  /**
   * A file that `db stats` has written, of the database on which the revisions will run. A relative path is resolved
   * against the working directory. Default: sizes are not known.
   */
  stats?: string;
  /**
   * Whether revisions that are neither published nor applied to the connected database are written so that the
   * application's requests go on while they run, as `migrate` writes them with `online`. What is told is then about the
   * new form. Default: false.
   */
  fix?: boolean;
  /** Whether `fix` only tells what it would write. Default: false. */
  dryRun?: boolean;
}

/** What `lint` tells, and what it has written. */
export interface LintResult extends PlanResult {
  /** Absent without `fix`. */
  readonly fixes?: LintFixes;
}

/**
 * What `plan` says, without the application's database: of the revisions that are new.
 *
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created; GitFailedError
 * where git does not know `base`; StatisticsInvalidError where the file of statistics can't be read; with `fix`
 * BaseUnknownError where it can't be told what is published.
 */
export async function lint(context: CommandContext, options: LintOptions = {}): Promise<LintResult> {
  const { range, base, stats, fix = false, dryRun = false, ...common } = options;
  const scripts = await (fix && !dryRun ? readFiles : readScripts)(context, common);
  const statistics = stats === undefined ? undefined : await statisticsIn(context, stats);
  const ids =
    range === undefined
      ? await unpublished(scripts, base, common.signal)
      : await inRange(context, scripts, range, common);
  const ordered = chainsOf(scripts.graph, ids).flatMap(({ revisions }) => revisions);
  const planned = (now: RevisionScripts): Promise<PlanResult> =>
    makePlan(context, now, { ids: ordered, rows: null, statistics }, { ...common, apart: true });
  if (!fix) return planned(scripts);
  const { fixRevisions } = await import('./lint-fix.js');
  const fixes = await fixRevisions(context, scripts, ordered, { ...common, base, dryRun });
  const isChanged = fixes.isWritten && fixes.fixed.length > 0;
  return { ...(await planned(isChanged ? await readScripts(context, common) : scripts)), fixes };
}

async function unpublished(
  scripts: RevisionScripts,
  base: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const all = scripts.graph.oldestFirst;
  try {
    const { tip, fork } = await published(scripts, { base, signal });
    return new Set(all.filter((id) => !tip.scripts.has(id) && !fork.scripts.has(id)));
  } catch (error) {
    if (base === undefined && (error instanceof BaseUnknownError || error instanceof GitFailedError))
      return new Set(all);
    throw error;
  }
}

async function inRange(
  context: CommandContext,
  scripts: RevisionScripts,
  text: string,
  common: Common,
): Promise<ReadonlySet<string>> {
  const { graph } = scripts;
  const range = namingHeads(scripts, () => rangeFor(graph, text));
  const rows = asksCurrent(range) ? await databaseOf(context, common).readRows() : undefined;
  const { ids, warnings } = namingHeads(scripts, () => requestedRange(graph, range, rows));
  for (const message of warnings) emitter(context, common)({ type: 'warning', message });
  return new Set(ids);
}
