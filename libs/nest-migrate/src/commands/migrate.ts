import { planNewRevision } from '../revision/new-revision.js';
import { type CommandContext, databaseOf, emitter } from './command-context.js';
import { checkFirst, compareWithEmpty, adoptionHint } from './from-empty.js';
import { compareAtHead, type Renames } from './comparison.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { type Diff } from './results.js';
import { namingHeads, readScripts } from './revision-scripts.js';
import { type Created } from './revision.js';
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

/** What `migrate` found and wrote. `operations` are the difference, whatever `processRevisionDirectives` made of it. */
export interface MigrateResult extends Diff, Created {
  /** The source of each file; with `dryRun` what `upgrade` would do. */
  readonly source: readonly string[];
}

/**
 * Compares the entities with the database and writes the difference as a revision. Without a difference no file.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 * @throws RevisionIdTooLongError where the version table has no room for the id.
 * @throws SchemaNotFirstError where `fromEmpty` would write a revision behind others.
 */
export async function migrate(context: CommandContext, options: MigrateOptions = {}): Promise<MigrateResult> {
  const scripts = await readScripts(context, options);
  const id = newRevisionId(context, options);
  // a place that is none is told before the database is asked
  const placement = namingHeads(scripts, () => planNewRevision(scripts.graph, { id, ...options }));
  if (options.fromEmpty === true) checkFirst(scripts, placement);
  const comparison =
    options.fromEmpty === true
      ? await compareWithEmpty(context)
      : await compareAtHead(context, scripts, { database: databaseOf(context), renames: options.renames, revId: id });

  const { upgrade, downgrade, candidates, warnings } = comparison;
  const emit = emitter(context, options);
  for (const message of warnings) emit({ type: 'warning', message });
  const hint = options.fromEmpty === true ? undefined : await adoptionHint(context, scripts, comparison);
  if (hint !== undefined) emit({ type: 'warning', message: hint });
  const written = await writeRevisions(context, scripts, options, {
    command: 'migrate',
    autogenerate: true,
    revId: id,
    message: options.message ?? '',
    head: options.head ?? 'head',
    operations: [{ connection: context.connection, upgrade: [...upgrade], downgrade: [...downgrade] }],
    dryRun: options.dryRun,
  });
  return { operations: upgrade, candidates, warnings, ...written };
}
