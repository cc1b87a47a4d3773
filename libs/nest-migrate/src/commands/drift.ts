import { compareSchema, type SchemaComparison } from '../autogenerate/compare-schema.js';
import { type Direction } from '../autogenerate/operation-plan.js';
import { type Engine } from '../engines/engine.js';
import { type Operation } from '../operations/operation.js';
import { compareFingerprints } from '../rehearsal/fingerprint.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
import { differenceWords } from './difference-words.js';
import { rehearse } from './rehearse.js';
import { comparedWithout, fingerprintAt, fingerprintIn, schemaOf } from './verified-revision.js';

/**
 * Options of `drift`.
 *
 * @example
 * const { clean, differences } = await migrations.drift({ known: earlier.differences });
 */
export interface DriftOptions extends Common {
  /** Differences that are known and not told again: those of an earlier result. Default: none. */
  known?: readonly string[];
}

/** What a direction of a repair does. */
export interface DriftRepair {
  readonly operations: readonly Operation[];
  /** The same as statements, in order. */
  readonly sql: readonly string[];
}

/** How a database differs from what its revisions make. */
export interface DriftResult {
  /** Whether nothing differs but what is known. */
  readonly clean: boolean;
  /** The version table's rows: where the database stands. */
  readonly rows: readonly string[];
  /**
   * One text a difference, without those that are known. `- ` the revisions make it and the database has it not, `+ ` the
   * database has it and no revision makes it. Where the scratch database is of another engine or version, the
   * differences in words.
   */
  readonly differences: readonly string[];
  /** What makes the database what its revisions say. */
  readonly repair: DriftRepair;
  /** What makes a database of the revisions what this one is: the content of a revision that accepts the drift. */
  readonly accept: DriftRepair;
}

/**
 * Compares the database with what its revisions make: they are applied to a scratch database, up to where the version
 * table says that the database stands. The application's database is only read.
 *
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
 */
export async function drift(
  context: CommandContext,
  { known = [], ...common }: DriftOptions = {},
): Promise<DriftResult> {
  const { signal, xArguments, directory } = common;
  const database = databaseOf(context, common);
  const rows = await database.readRows();
  const { expected, schema } = await rehearse(
    context,
    { signal, xArguments, directory, at: rows },
    async (scratch) => ({ expected: await fingerprintAt(scratch), schema: await schemaOf(scratch) }),
  );
  const { comparison, fingerprints } = await database.pin(async (session) => ({
    comparison: await compareSchema({
      orm: context.orm,
      connection: session.introspection,
      ignoreTables: comparedWithout(context),
      wanted: schema,
    }),
    fingerprints: compareFingerprints(expected, await fingerprintIn(context, session)),
  }));
  const emit = emitter(context, common);
  if (fingerprints.verdict === 'not comparable') {
    const [scratch, live] = fingerprints.servers.map((server) => server.replace(/^# /, ''));
    emit({
      type: 'warning',
      message: `The scratch database is not of the same engine and version (${scratch}; ${live}): only what operations can say was compared.`,
    });
  }
  const all =
    fingerprints.verdict === 'different'
      ? [
          ...fingerprints.removed.map((line) => `- ${line}`),
          ...fingerprints.added.map((line) => `+ ${line}`),
          ...fingerprints.changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
        ]
      : fingerprints.verdict === 'equal'
        ? []
        : differenceWords(comparison.upgrade);
  const differences = all.filter((difference) => !known.includes(difference));
  const { engine } = database;
  return {
    clean: differences.length === 0,
    rows,
    differences,
    repair: repairOf(engine, comparison, 'upgrade'),
    accept: repairOf(engine, comparison, 'downgrade'),
  };
}

/** The operations of a direction, and their statements. */
function repairOf(engine: Engine, { batches, ...comparison }: SchemaComparison, direction: Direction): DriftRepair {
  const operations = comparison[direction];
  const sql: string[] = [];
  const done = new Set<Operation>();
  for (const operation of operations) {
    if (done.has(operation)) continue;
    const batch = batches[direction].find(({ alterations }) => alterations.some((one) => one === operation));
    const together = batch?.alterations ?? [operation];
    for (const other of together) done.add(other);
    const { ddl } = engine;
    const { together: grouped } = ddl;
    const statements =
      batch !== undefined && grouped !== undefined
        ? grouped.groups(batch.alterations).flatMap((group) => grouped.statements(group))
        : (ddl.statementsFrom?.(batch?.existing, together) ?? together.flatMap((one) => ddl.statements(one)));
    sql.push(...statements.map((statement) => statement.sql));
  }
  return { operations, sql };
}
