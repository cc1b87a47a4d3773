import { resolveRevisions } from '../revision/resolve.js';
import { targetsFor } from '../revision/target.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { rehearse } from './rehearse.js';
import { namingHeads, readScripts } from './revision-scripts.js';
import { fingerprintAt } from './verified-revision.js';

/**
 * Options of `at`.
 *
 * @example
 * const { text } = await migrations.at({ revision: 'ae10' });
 */
export interface AtOptions extends Common {
  /** The revision, as a symbol; `current` asks the database. Default: `'head'`. */
  revision?: string;
}

/** The schema at a revision. */
export interface SchemaAt {
  /** The ids of the revisions at which the schema stands; empty for base. */
  readonly revisions: readonly string[];
  /** Of the text, as hexadecimal digits. Databases whose schemas do the same have the same. */
  readonly hash: string;
  /** A line that names the engine, and a line for each object, sorted. */
  readonly text: string;
}

/**
 * The schema that the revisions up to one make, without the tables of the tool. They are applied to a scratch database.
 *
 * @throws ScratchPlaceMissingError where the options do not say where one may be created; RevisionFailedError where a
 * revision fails.
 */
export async function at(context: CommandContext, { revision = 'head', ...common }: AtOptions = {}): Promise<SchemaAt> {
  const all = await readScripts(context, common);
  const table = revision.includes('current') ? await databaseOf(context, common).readRows() : undefined;
  const graph = all.graph.at(table ?? [], { names: all.graph.replacedNamesIn([revision]) });
  const rows = table === undefined ? undefined : graph.namesHere(table);
  const revisions = namingHeads({ ...all, graph }, () =>
    resolveRevisions(graph, targetsFor(graph, revision, 'show'), rows),
  );
  const { signal, xArguments, directory } = common;
  return rehearse(context, { signal, xArguments, directory, at: revisions }, async (scratch) => ({
    revisions,
    ...(await fingerprintAt(scratch)),
  }));
}
