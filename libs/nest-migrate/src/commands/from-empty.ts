import { compareDatabaseWithEmpty, compareSchema, type SchemaComparison } from '../autogenerate/compare-schema.js';
import { SchemaNotFirstError } from '../errors/autogenerate.errors.js';
import { type Placement } from '../revision/plan-new-revision.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionScripts } from './revision-scripts.js';
import { command, type Wording, worded } from '../errors/wording.js';

/** What an empty database would need. Asks no database. */
export async function compareWithEmpty({ orm, options }: CommandContext): Promise<SchemaComparison> {
  const { versionTable, versionTableSchema, comparison } = options;
  return compareSchema({ orm, ignoreTables: [{ table: versionTable, schema: versionTableSchema }], ...comparison });
}

/** What an empty database would need to become what the live one is, whatever the entities say. Only reads. */
export async function compareLiveWithEmpty(context: CommandContext, common: Common): Promise<SchemaComparison> {
  const { orm, options } = context;
  const { versionTable, versionTableSchema, comparison } = options;
  return databaseOf(context, common).pin(async ({ introspection: connection }) =>
    compareDatabaseWithEmpty({
      orm,
      connection,
      ignoreTables: [{ table: versionTable, schema: versionTableSchema }],
      ...comparison,
    }),
  );
}

/**
 * Refuses a place behind other revisions for a revision with the whole schema: what they create would be created twice.
 *
 * @throws SchemaNotFirstError
 */
export function checkFirst({ graph }: RevisionScripts, { downRevision }: Placement): void {
  if (downRevision.length > 0) throw new SchemaNotFirstError(downRevision, graph.revisions.length);
}

/**
 * A hint for the first revision of a database that is older than the script directory: the difference leaves out what
 * exists, so that the revisions alone could not build another database. `undefined` where there are revisions, or where
 * the database has nothing of what the entities want.
 */
export async function adoptionHint(
  context: CommandContext,
  { graph }: RevisionScripts,
  { upgrade }: SchemaComparison,
): Promise<Wording | undefined> {
  if (graph.revisions.length > 0) return undefined;
  const wanted = tablesMadeBy(await compareWithEmpty(context));
  const made = tablesMadeBy({ upgrade });
  const there = wanted - made;
  if (there <= 0) return undefined;
  const tables = there === wanted ? 'all tables of the entities' : `${there} of the entities' ${wanted} tables`;
  return worded`The database has ${tables} already, and no revision makes them: revisions alone could not build another database. ${command('migrate', '--from-empty')} writes the whole schema as the first revision, ${command('stamp', 'head')} says that this database has it.`;
}

function tablesMadeBy({ upgrade }: Pick<SchemaComparison, 'upgrade'>): number {
  return upgrade.filter(({ kind }) => kind === 'createTable').length;
}
