import { requestedPlacement } from '../revision/requested-placement.js';
import { type CommandContext } from './command-context.js';
import { compareAll } from './compare-all.js';
import { type Renames } from './comparison.js';
import { checkFirst } from './from-empty.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { type Diff } from './results.js';
import { namingHeads, readScripts } from './revision-scripts.js';
import { type Created } from './revision.js';
import { chosen } from './shared-directory.js';
import { writeRevisions } from './write-revisions.js';

export interface MigrateOptions extends NewRevision {
  /**
   * Compares the entities with an empty database instead of the live one, which is not asked: the revision makes the
   * whole schema. For a database that matches the entities already, which `stamp` then adopts. The revision has to be
   * the first, or with `head: 'base'` the first of another history. Default `false`.
   */
  fromEmpty?: boolean;
  /** Tells what the revision would do and writes nothing. */
  dryRun?: boolean;
  /** Which candidates are renames: `'table.old:new'`, `'old:new'`, or a function that answers from the candidates. */
  renames?: Renames;
}

/** What lies between the database of one connection and its entities. */
export interface ConnectionDiff extends Diff {
  readonly connection: string;
}

/** What `migrate` found and wrote. `operations` are the difference, whatever `processRevisionDirectives` made of it. */
export interface MigrateResult extends Diff, Created {
  /** The source of each file; with `dryRun` what `upgrade` would do. */
  readonly source: readonly string[];
  /** The difference by connection: one, unless several share the script directory and were asked for. */
  readonly differences: readonly ConnectionDiff[];
}

/**
 * Compares the entities with the database and writes the difference as a revision. Without a difference no file. Where
 * several connections share the script directory and are asked for, what all of them lack becomes one revision.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 * @throws RevisionIdTooLongError where the version table has no room for the id.
 * @throws SchemaNotFirstError where `fromEmpty` would write a revision behind others.
 * ConnectionFailedError with the reason where one of several connections cannot be compared.
 */
export async function migrate(context: CommandContext, options: MigrateOptions = {}): Promise<MigrateResult> {
  const scripts = await readScripts(context, options);
  const id = newRevisionId(context, options);
  // a place that is none is told before the database is asked
  const placement = namingHeads(scripts, () => requestedPlacement(scripts.graph, { id, ...options }));
  if (options.fromEmpty === true) checkFirst(scripts, placement);
  const compared = await compareAll(chosen(context, options.connections), scripts, { ...options, revId: id });
  const written = await writeRevisions(context, scripts, options, {
    command: 'migrate',
    autogenerate: true,
    revId: id,
    message: options.message ?? '',
    head: options.head ?? 'head',
    operations: compared.map(({ connection, upgrade, downgrade, rebuilds, warnings }) => ({
      connection,
      warnings,
      upgrade: [...upgrade],
      downgrade: [...downgrade],
      rebuilds,
    })),
    dryRun: options.dryRun,
  });
  return {
    operations: compared.flatMap(({ upgrade }) => upgrade),
    candidates: compared.flatMap(({ candidates }) => candidates),
    warnings: compared.flatMap(({ warnings }) => warnings),
    differences: compared.map(({ connection, upgrade: operations, candidates, warnings }) => ({
      connection,
      operations,
      candidates,
      warnings,
    })),
    ...written,
  };
}
