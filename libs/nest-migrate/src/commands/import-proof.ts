import { RevisionFailedError } from '../errors/runtime.errors.js';
import { errorText } from '../errors/thrown.js';
import { type AppliedTable, type HistorySource } from '../import/imported-history.js';
import { compareFingerprints, fingerprintOf } from '../rehearsal/fingerprint.js';
import { type CommandContext, emitter, type MigrationEvent } from './command-context.js';
import { databaseOf } from './database-of.js';
import { ownTablePlaces } from './connection.js';
import { type ImportOptions } from './import-history.js';
import { type RevisionToImport } from './imported-revisions.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { differencesOfRows, readContents } from './table-contents.js';
import { type Moment, reasonOf, serverOf } from './verified-revision.js';

/** What the rehearsal of an import has shown. */
export interface ImportProof {
  /** Whether nothing speaks against the import. */
  readonly holds: boolean;
  /** The engine and its version, on which it was tried. */
  readonly engine: string;
  /**
   * What the revisions were compared with: `tool`, the tool itself on a database of its own; `nothing`, where they were
   * only run.
   */
  readonly comparedWith: 'tool' | 'nothing';
  /** The hash of the schema that the revisions make; `null` where they failed. */
  readonly schema: string | null;
  /** One text a difference: `- ` the tool makes it and the revisions do not, `+ ` the reverse. */
  readonly differences: readonly string[];
  /** The tables in which some columns have other values, such as the time of the run. They speak against nothing. */
  readonly otherValues: readonly string[];
  /** What failed; `null` where nothing did. */
  readonly failure: string | null;
}

interface Imported {
  readonly source: HistorySource;
  readonly fresh: readonly RevisionToImport[];
  /** Whether the tool alone makes the whole schema. */
  readonly isAll: boolean;
}

/** Runs the tool on one scratch database and the revisions on another, and compares them. */
export async function proveImport(
  context: CommandContext,
  { graph }: RevisionScripts,
  { source, fresh, isAll }: Imported,
  { signal, xArguments, onEvent }: ImportOptions,
): Promise<ImportProof> {
  const emit = emitter(context, { onEvent });
  const total = fresh.length * (source.runTool !== undefined && isAll ? 2 : 1);
  let index = 0;
  const tell = (revision: string, message: string): void =>
    emit({ type: 'verifying', revision, message, index: index++, total });
  // what runs on a scratch database would look as if it ran on the application's
  const hear = (event: MigrationEvent): void => {
    if (event.type === 'warning') onEvent?.(event);
    if (event.type !== 'stepStarted' || !fresh.some(({ id }) => id === event.step.revision)) return;
    tell(event.step.revision ?? '', event.step.message);
  };
  const common = { signal, xArguments, onEvent: hear };
  const { runTool, table, title } = source;
  const comparedWith = runTool !== undefined && isAll ? 'tool' : 'nothing';
  const failed = (engine: string, failure: string): ImportProof => ({
    ...{ holds: false, engine, comparedWith, schema: null, differences: [], otherValues: [], failure },
  });
  let expected: Moment | undefined;
  if (runTool !== undefined && isAll) {
    const outcome = await rehearse(context, common, async (scratch) => {
      try {
        await runTool(scratch.orm, (name) => {
          const revision = fresh.find(({ migration }) => migration.name === name);
          tell(revision?.id ?? name, revision?.message ?? '');
        });
      } catch (error) {
        const { engine } = databaseOf(scratch);
        return failed(engine.name, `${title}'s own migrator fails on an empty database: ${errorText(error)}`);
      }
      return momentWithout(scratch, table);
    });
    if ('holds' in outcome) return outcome;
    expected = outcome;
  }
  let found: Moment;
  try {
    found = await rehearse(context, { ...common, at: graph.heads }, (scratch) => momentWithout(scratch, table));
  } catch (error) {
    if (!(error instanceof RevisionFailedError)) throw error;
    return failed(
      databaseOf(context).engine.name,
      `The revision ${error.failure.revision ?? ''} fails: ${reasonOf(error)}`,
    );
  }
  const { fingerprint } = found;
  const about = { engine: serverOf(fingerprint), comparedWith, schema: fingerprint.hash, failure: null } as const;
  if (expected === undefined) return { ...about, holds: true, differences: [], otherValues: [] };
  const comparison = compareFingerprints(expected.fingerprint, fingerprint);
  const ofSchema =
    comparison.verdict === 'different'
      ? [
          ...comparison.removed.map((line) => `- ${line}`),
          ...comparison.added.map((line) => `+ ${line}`),
          ...comparison.changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
        ]
      : [];
  const ofRows = differencesOfRows(expected.contents, found.contents);
  const otherCounts = ofRows
    .filter(({ counts: [before, after] }) => before !== after)
    .map(
      ({ table: name, counts: [before, after] }) => `rows of ${name}: ${before} by ${title}, ${after} by the revisions`,
    );
  const differences = [...ofSchema, ...otherCounts];
  const otherValues = ofRows
    .filter(({ counts: [before, after] }) => before === after)
    .map(({ table: name, columns }) => `${name} (${columns.join(', ')})`);
  return { ...about, holds: differences.length === 0, differences, otherValues };
}

/** What a scratch database has beside the tables in which tools keep their books. */
async function momentWithout(scratch: CommandContext, table: AppliedTable | undefined): Promise<Moment> {
  const { engine } = databaseOf(scratch);
  const isHome = table?.schema === undefined || table.schema === engine.home;
  const own = table === undefined ? [] : [{ name: table.name, ...(!isHome && { schema: table.schema }) }];
  const ignoredTables = [...ownTablePlaces(scratch), ...own];
  return databaseOf(scratch).pin(async (session) => ({
    fingerprint: await fingerprintOf(engine, session, { ignoredTables }),
    contents: await readContents(session.introspection, engine, ignoredTables),
  }));
}
