import { renderOperations } from '../autogenerate/render/render-operations.js';
import { planNewRevision } from '../revision/new-revision.js';
import { type CommandContext, databaseOf, emitter } from './command-context.js';
import { compareAtHead, type Renames } from './comparison.js';
import { type NewRevision, newRevisionId, writeScript } from './new-revision.js';
import { type Diff } from './results.js';
import { namingHeads, readScripts, revisionInfo } from './revision-scripts.js';
import { type Created } from './revision.js';

export interface MigrateOptions extends NewRevision {
  /** Tells what the revision would do and writes nothing. */
  dryRun?: boolean;
  /** Which candidates are renames: `'table.old:new'`, `'old:new'`, or a function that answers from the candidates. */
  renames?: Renames;
}

/** What `migrate` found and wrote. */
export interface MigrateResult extends Diff, Created {
  /** The source of each file, written or (with `dryRun`) not. */
  readonly source: readonly string[];
}

/**
 * Compares the entities with the database and writes the difference as a revision. Without a difference no file.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 */
export async function migrate(context: CommandContext, options: MigrateOptions = {}): Promise<MigrateResult> {
  const scripts = await readScripts(context, options);
  const id = newRevisionId(context, options);
  const placement = namingHeads(scripts, () => planNewRevision(scripts.graph, { id, ...options }));
  const comparison = await compareAtHead(context, scripts, { database: databaseOf(context), renames: options.renames });

  const { upgrade, downgrade, candidates, warnings } = comparison;
  const emit = emitter(context, options);
  for (const message of warnings) emit({ type: 'warning', message });
  const diff = { operations: upgrade, candidates, warnings };
  if (upgrade.length === 0) return { ...diff, created: [], source: [] };
  const bodies = { upgrade: renderOperations(upgrade), downgrade: renderOperations(downgrade) };
  if (options.dryRun === true) return { ...diff, created: [], source: [bodies.upgrade] };
  const path = await writeScript(context, scripts, options, id, placement, bodies);
  const created = [revisionInfo(await readScripts(context, options), id)];
  return { ...diff, created, source: [await context.fileSystem.readText(path)] };
}
