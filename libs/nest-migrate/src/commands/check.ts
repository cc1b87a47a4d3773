import { DatabaseNotAtHeadError } from '../errors/autogenerate.errors.js';
import { EmbeddedDatabaseMissingError } from '../errors/database.errors.js';
import { HEADS } from '../revision/symbol.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type AlteredRevision, alteredRevisions, proven } from './altered-revisions.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
import { compareAtHead } from './compare-at-head.js';
import { otherConfigurations } from './migration-tables.js';
import { type Diff } from './results.js';
import { readScripts } from './revision-scripts.js';
import { strangeTables } from './strange-tables.js';

/** What `check` found. */
export interface CheckResult extends Diff {
  /** Whether the entities and the database agree, and every applied revision is what it was. */
  readonly clean: boolean;
  /** Applied revisions that are not what the history says of them. */
  readonly altered: readonly AlteredRevision[];
}

/**
 * Compares the entities with the database as `migrate` does, and writes nothing: no file, and nothing in the database,
 * so that a role which may only read is enough. A difference is data, not an error.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 */
export async function check(context: CommandContext, options: Common = {}): Promise<CheckResult> {
  const scripts = await readScripts(context, options);
  const database = databaseOf(context, options);
  if (!(await database.exists())) {
    const waiting = planUpgrade(scripts.graph, [], HEADS);
    if (waiting.length > 0) throw new DatabaseNotAtHeadError(waiting.map(({ revision }) => revision ?? ''));
    // to open it would create it
    throw new EmbeddedDatabaseMissingError(database.folder ?? '');
  }
  const rows = await database.readRows();
  const altered = await alteredRevisions(scripts, { rows, lines: await database.readHistory() });
  const { upgrade: operations, candidates, warnings } = await compareAtHead(context, scripts, { database });
  const emit = emitter(context, options);
  const strange = await strangeTables(context, scripts, operations);
  if (strange !== undefined) emit({ type: 'warning', message: strange });
  for (const { problem, cure } of await otherConfigurations(context))
    emit({ type: 'warning', message: `${problem} ${cure}` });
  for (const message of warnings) emit({ type: 'warning', message });
  const clean = operations.length === 0 && proven(altered).length === 0;
  return { operations, candidates, warnings, altered, clean };
}
