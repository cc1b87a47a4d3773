import { resolve } from 'node:path';
import { compareSchema, type SchemaComparison } from '../autogenerate/compare-schema.js';
import { type Direction } from '../autogenerate/operation-plan.js';
import { inBatches } from '../autogenerate/render/table-batches.js';
import { type Ddl } from '../engines/ddl/ddl.js';
import { type Statement } from '../engines/ddl/statement.js';
import { type Engine } from '../engines/engine.js';
import { BaselineInvalidError } from '../errors/rehearsal.errors.js';
import { type ExistingTable, type Operation } from '../operations/operation.js';
import { compareFingerprints } from '../rehearsal/fingerprint.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { differenceWords } from './difference-words.js';
import { rehearse } from './rehearse.js';
import { comparedWithout, fingerprintAt, fingerprintIn, schemaOf } from './verified-revision.js';

/**
 * Options of `drift`.
 *
 * @example
 * const { clean, differences } = await migrations.drift({ baseline: 'drift.json' });
 */
export interface DriftOptions extends Common {
  /**
   * A file with what `db drift --json` has printed before, of one connection or of several. The differences in it are
   * known and not told again. A relative path is resolved against the working directory. Default: none is known.
   */
  baseline?: string;
}

/** What a direction of a repair does. */
export interface DriftRepair {
  /** What it does, in order. */
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
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created;
 * BaselineInvalidError where the file can't be read.
 */
export async function drift(context: CommandContext, { baseline, ...common }: DriftOptions = {}): Promise<DriftResult> {
  const { signal, xArguments, directory } = common;
  const known = baseline === undefined ? [] : await knownIn(context, baseline);
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
export function repairOf(engine: Engine, comparison: SchemaComparison, direction: Direction): DriftRepair {
  const { [direction]: operations, batches } = comparison;
  const { ddl } = engine;
  const sql = inBatches<never>(operations, batches[direction]).flatMap((step) => {
    if (!('alterations' in step)) return statementsOf(ddl, undefined, [step as Operation]);
    const { existing, alterations } = step;
    return ddl.together === undefined
      ? statementsOf(ddl, existing, alterations)
      : ddl.together.groups(alterations).flatMap((group) => ddl.together?.statements(group) ?? []);
  });
  return { operations, sql: sql.map((statement) => statement.sql) };
}

function statementsOf(
  ddl: Ddl,
  existing: ExistingTable | undefined,
  operations: readonly Operation[],
): readonly Statement[] {
  return ddl.statementsFrom?.(existing, operations) ?? operations.flatMap((operation) => ddl.statements(operation));
}

/** The differences in a file that `--json` has written. */
async function knownIn({ fileSystem, host }: CommandContext, baseline: string): Promise<readonly string[]> {
  const path = resolve(host.cwd, baseline);
  try {
    return differencesIn(JSON.parse(await fileSystem.readText(path)));
  } catch (error) {
    throw new BaselineInvalidError(path, error);
  }
}

function differencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { differences } = value as { readonly differences?: unknown };
  return Array.isArray(differences) ? differences.map(String) : Object.values(value).flatMap(differencesIn);
}
