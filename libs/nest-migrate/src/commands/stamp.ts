import { OfflinePurgeError, OfflineRangeError } from '../errors/offline.errors.js';
import { RangeNotAllowedError } from '../errors/revision.errors.js';
import { offlineRange } from '../revision/offline-range.js';
import { requestedStamp, stampTargets } from '../revision/requested-stamp.js';
import { type CommandContext } from './command-context.js';
import { writeSql } from './offline.js';
import { type RunResult, type SqlResult } from './results.js';
import { type Planning, run, type RunOptions } from './run.js';

/**
 * Options of `stamp`.
 *
 * @example
 * await migrations.stamp({ revisions: 'head' });
 */
export interface StampOptions extends Omit<RunOptions, 'target'> {
  /** The revisions that the version table is to hold, as symbols. `-1` counts from its rows and has to stand alone. */
  revisions: string | readonly string[];
  /** Whether all rows are deleted first, also those that no script has. Default: false. */
  purge?: boolean;
}

/**
 * Writes the stamp as SQL and asks no database. One of `revisions` may be `<from>:<to>`, which says where the database
 * stands; the default is base.
 *
 * @throws OfflinePurgeError with `purge`; OfflineRangeError where the revisions name different starts.
 */
export async function stamp(context: CommandContext, options: StampOptions & { sql: true }): Promise<SqlResult>;
/** Rewrites the version table and runs no revision. */
export async function stamp(context: CommandContext, options: StampOptions & { sql?: false }): Promise<RunResult>;
export async function stamp(
  context: CommandContext,
  options: StampOptions & { sql?: boolean },
): Promise<RunResult | SqlResult> {
  const { revisions, purge = false, sql = false } = options;
  const symbols = [revisions].flat();
  if (!sql) {
    const range = symbols.find((symbol) => symbol.includes(':'));
    if (range !== undefined) throw new RangeNotAllowedError(range);
    return run(context, options, planningTo(symbols, { purge }), 'stamp');
  }
  if (purge) throw new OfflinePurgeError();
  const { start, targets } = endsOf(symbols);
  const title = `stamp ${start}:${targets.join(' ')}`;
  return writeSql(context, options, { title, start, planning: planningTo(targets, { purge }) });
}

function planningTo(symbols: readonly string[], { purge }: { readonly purge: boolean }): Planning {
  return {
    symbols,
    planner: ({ graph }) => {
      const targets = stampTargets(graph, symbols);
      return (rows) => {
        const { steps, warnings } = requestedStamp(graph, targets, { rows, purge });
        return { steps, warnings, purge, settles: true };
      };
    },
  };
}

/** The one start that the symbols name, and where each leads. */
function endsOf(symbols: readonly string[]): { readonly start: string; readonly targets: readonly string[] } {
  const ranges = symbols.filter((symbol) => symbol.includes(':')).map(offlineRange);
  const starts = [...new Set(ranges.map(({ start }) => start))];
  if (starts.length > 1) {
    const problem = 'Stamp operation with --sql only supports a single starting revision at a time';
    throw new OfflineRangeError(
      symbols.join(' '),
      `${problem}, and got ${starts.join(' and ')}.`,
      'Write one of them.',
    );
  }
  const targets = symbols.map((symbol) => (symbol.includes(':') ? offlineRange(symbol).target : symbol));
  return { start: starts[0] ?? 'base', targets };
}
