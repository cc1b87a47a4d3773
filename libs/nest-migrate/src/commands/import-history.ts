import { ImportNotFirstError, MigrationsNotFoundError, NothingImportedError } from '../errors/import.errors.js';
import { historySource } from '../import/history-sources.js';
import { type HistorySource, type ImportedMigration, type ImportTool } from '../import/imported-history.js';
import { importedFrom, messageOf, momentOf, revisionIdOf } from '../import/imported-names.js';
import { type CommandContext, type Common } from './command-context.js';
import { type ImportProof, proveImport } from './import-proof.js';
import { calledFile, publishImported, type RevisionToImport, withDrafts } from './imported-revisions.js';
import { folder as resolved } from './absolute-folder.js';
import { type RevisionInfo } from './results.js';
import { readFiles, readScripts, type RevisionScripts } from './revision-scripts.js';
import {
  importedIn,
  importPlace,
  type ImportStamp,
  readApplied,
  stampImported,
  toolOfRevisions,
} from './stamp-imported.js';

export type { ImportTool } from '../import/imported-history.js';
export type { ImportProof } from './import-proof.js';
export type { ImportStamp } from './stamp-imported.js';

/**
 * Options of `import`.
 *
 * @example
 * const { created, proof } = await migrations.import({ folder: 'src/migrations' });
 */
export interface ImportOptions extends Common {
  /**
   * The folder of the migrations; a relative path is resolved as `directory` is. Default: what MikroORM's own
   * configuration names, `migrations.path`, `pathTs` or `migrationsList`.
   */
  folder?: string;
  /** The tool that wrote them. Default: what the files tell; without a folder, MikroORM's own migrator. */
  tool?: ImportTool;
  /** The table in which the tool keeps what it has applied. Default: the one that its configuration names, or the usual one. */
  table?: string;
  /** Whether only the database is stamped and no file is written: for one that others have imported for. Default: false. */
  stamp?: boolean;
  /** Whether the proof is made and nothing is written or stamped. Default: false. */
  dryRun?: boolean;
  /** Whether the revisions are tried on scratch databases before they are kept. Default: true. */
  prove?: boolean;
}

/** A migration that cannot be imported as it is. */
export interface ImportFinding {
  /** The name of the migration. */
  readonly migration: string;
  /** The function: the way up cannot be imported without it; without the way down, the revision cannot be undone. */
  readonly direction: 'upgrade' | 'downgrade';
  /** The file, absolute; `null` for a class of a list. */
  readonly path: string | null;
  /** The line; `null` where it is not known. */
  readonly line: number | null;
  /** What it does. */
  readonly reason: string;
  /** What to do. */
  readonly cure: string;
}

/** A migration, and what it has become. */
export interface ImportedStep {
  /** The name of the migration, as the tool's table has it. */
  readonly migration: string;
  /** The id of its revision. */
  readonly revision: string;
  /** Whether its SQL was written down, or its class is called. */
  readonly as: 'sql' | 'class';
  /** Why its class is called; `null` where its SQL was written down. */
  readonly reason: string | null;
  /** The file of the class that is called, absolute: a copy, or the old file where it imports others; else `null`. */
  readonly path: string | null;
}

/** What `import` read, wrote, proved and stamped. */
export interface ImportResult {
  /** The tool; with `stamp` and without imported revisions too. */
  readonly tool: ImportTool;
  /** Where its migrations are: a folder, or the option that lists them. */
  readonly place: string;
  /** How many migrations it has. */
  readonly migrations: number;
  /** Those that are revisions from now on, or would be; without those that were imported before. */
  readonly steps: readonly ImportedStep[];
  /** The revisions that were written; none with `dryRun`, and none where the proof failed. */
  readonly created: readonly RevisionInfo[];
  /** What stands in the way, and what cannot be undone. */
  readonly findings: readonly ImportFinding[];
  /** Whether all of it could be imported, the proof holds, and the database could be stamped. */
  readonly clean: boolean;
  /** What the rehearsal has shown; `null` where there was none. */
  readonly proof: ImportProof | null;
  /** What became of this database; `null` with `dryRun`, and where nothing was written. */
  readonly stamped: ImportStamp | null;
}

/**
 * Writes the migrations of another tool as revisions: a chain of the same SQL in the same order. The chain is proven on
 * scratch databases before it is kept. Then the database is stamped where the tool has left it. What was imported before
 * is left as it is, so that a second call changes nothing.
 *
 * @throws MigrationsNotFoundError, ImportToolUnknownError, MigrationUnreadableError, MigratorMissingError,
 * ImportNotFirstError, NothingImportedError; ScratchPlaceMissingError where the options do not say where a scratch database may be created.
 */
export async function importHistory(context: CommandContext, options: ImportOptions = {}): Promise<ImportResult> {
  const scripts = await readFiles(context, options);
  const folder = options.folder === undefined ? undefined : resolved(options.folder, context.options.base);
  const place = importPlace(context, options, { folder, table: options.table });
  const { stamp: isStamp = false, dryRun = false, prove = true } = options;
  const source = await historySource(place, options.tool ?? (isStamp ? toolOfRevisions(scripts) : undefined));
  const { tool, place: where } = source;
  // a database that cannot be asked is told before anything is written
  const applied = await readApplied(context, options, source);
  const common = { tool, place: where, proof: null, created: [], findings: [], steps: [] };
  if (isStamp) {
    const migrations = importedIn(scripts, tool).size;
    if (migrations === 0) throw new NothingImportedError(scripts.directory.path);
    const stamped = await stampImported(context, options, { scripts, tool, applied });
    return { ...common, migrations, stamped, clean: stamped.missing.length === 0 };
  }
  const history = await source.readHistory();
  if (history.length === 0) throw new MigrationsNotFoundError(source.title, where);
  const chain = chainOf(scripts, source, history);
  const { fresh, findings } = chain;
  const steps = await Promise.all(fresh.map((revision) => stepOf(context, scripts, revision)));
  const told = { ...common, migrations: history.length, steps, findings };
  if (findings.some(({ direction }) => direction === 'upgrade')) return { ...told, stamped: null, clean: false };
  const done = await write(context, options, { scripts, source, fresh, isAll: chain.isAll, prove, dryRun });
  const { proof, created } = done;
  if (proof?.holds === false || dryRun) return { ...told, proof, stamped: null, clean: proof?.holds !== false };
  const after = await readScripts(context, options);
  const stamped = await stampImported(context, options, { scripts: after, tool, applied });
  return { ...told, proof, created, stamped, clean: stamped.missing.length === 0 };
}

async function stepOf(
  { fileSystem }: CommandContext,
  { directory }: RevisionScripts,
  { id, migration }: RevisionToImport,
): Promise<ImportedStep> {
  const kept = [migration.up, migration.down].find((work) => work.kind === 'class');
  return {
    migration: migration.name,
    revision: id,
    as: kept === undefined ? 'sql' : 'class',
    reason: kept?.reason ?? null,
    path: kept === undefined ? null : await calledFile(migration.file ?? '', directory.path, fileSystem),
  };
}

/** What of a history is new, each behind the one before. */
function chainOf(
  scripts: RevisionScripts,
  { tool }: HistorySource,
  history: readonly ImportedMigration[],
): {
  readonly fresh: readonly RevisionToImport[];
  readonly findings: readonly ImportFinding[];
  readonly isAll: boolean;
} {
  const { graph } = scripts;
  const known = importedIn(scripts, tool);
  const { heads } = graph;
  const isAll = graph.scripts.every(({ id }) => [...known.values()].includes(id));
  const names = new Set<string>();
  // a source beside what was compiled of it
  const once = history.filter(({ name }) => !names.has(name) && names.add(name));
  const missing = once.filter(({ name }) => !known.has(name));
  const [head, another] = heads;
  if (missing.length > 0 && head !== undefined && (known.size === 0 || another !== undefined)) {
    const reason =
      known.size === 0
        ? 'the script directory has revisions that were not imported'
        : 'the revisions have several heads';
    throw new ImportNotFirstError(heads, reason);
  }
  const ids = new Set(graph.scripts.map(({ id }) => id));
  let below = head;
  const fresh = missing.map((migration): RevisionToImport => {
    const stamps = once.filter(
      ({ name }) => revisionIdOf(name, () => false) === revisionIdOf(migration.name, () => false),
    );
    const id = revisionIdOf(migration.name, (each) => ids.has(each) || stamps.length > 1);
    ids.add(id);
    const placed = {
      id,
      downRevision: below === undefined ? [] : [below],
      message: messageOf(migration),
      now: momentOf(migration.name),
      importedFrom: importedFrom(tool, migration.name),
      migration,
    };
    below = id;
    return placed;
  });
  return { fresh, findings: missing.flatMap(findingsOf), isAll };
}

function findingsOf({ name, file, up, down }: ImportedMigration): readonly ImportFinding[] {
  return ([['upgrade', up] as const, ['downgrade', down] as const] as const).flatMap(([direction, work]) =>
    work.kind === 'obstacle'
      ? [
          {
            migration: name,
            direction,
            path: file ?? null,
            line: work.line ?? null,
            reason: work.reason,
            cure: work.cure,
          },
        ]
      : [],
  );
}

interface Writing {
  readonly scripts: RevisionScripts;
  readonly source: HistorySource;
  readonly fresh: readonly RevisionToImport[];
  /** Whether all revisions are imported ones, so that the tool alone makes the same schema. */
  readonly isAll: boolean;
  readonly prove: boolean;
  readonly dryRun: boolean;
}

/** Writes drafts, proves them, and keeps them where that holds. */
async function write(
  context: CommandContext,
  options: ImportOptions,
  { scripts, source, fresh, isAll, prove, dryRun }: Writing,
): Promise<{ readonly proof: ImportProof | null; readonly created: readonly RevisionInfo[] }> {
  if (fresh.length === 0) return { proof: null, created: [] };
  return withDrafts(context, options, { scripts, fresh, keeps: !dryRun }, async (drafts, seen) => {
    const proof = prove ? await proveImport(drafts, seen, { source, fresh, isAll }, options) : null;
    if (dryRun || proof?.holds === false) return { proof, created: [] };
    return { proof, created: await publishImported(context, scripts, options, fresh) };
  });
}
