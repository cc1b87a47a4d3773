import { ImportedNotStampedError } from '../errors/import.errors.js';
import {
  type AppliedTable,
  type HistorySource,
  type ImportPlace,
  type ImportTool,
} from '../import/imported-history.js';
import { originOf } from '../import/imported-names.js';
import { ancestors } from '../revision/traversal.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionScripts } from './revision-scripts.js';
import { stamp } from './stamp.js';

/** What another tool has applied to a database. */
export interface AppliedMigrations {
  /** The table that says so. */
  readonly table: AppliedTable;
  /** The names, in the order in which they were applied. */
  readonly names: readonly string[];
}

/** Where a database stands, as the table of the other tool says. */
export interface ImportStamp {
  /** The table of the other tool; `null` where this database has none. */
  readonly table: string | null;
  /** How many migrations that table has. */
  readonly applied: number;
  /** The id of the revision at which the database stands; `null` where nothing of the history was applied. */
  readonly revision: string | null;
  /** Whether the version table was written. */
  readonly written: boolean;
  /** Names in that table that no revision was imported from. */
  readonly unknown: readonly string[];
  /** Names that were not applied although later ones were. Where there are some, nothing was stamped. */
  readonly missing: readonly string[];
  /** Names that were applied before others that come before them in the history. */
  readonly outOfOrder: readonly string[];
}

/** The ids of the revisions that were imported from a tool, by the names of the migrations. */
export function importedIn({ graph }: RevisionScripts, tool: ImportTool): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, importedFrom: text = '' } of graph.scripts) {
    const origin = originOf(text);
    if (origin?.tool === tool) found.set(origin.name, id);
  }
  return found;
}

/** Reads what another tool has applied to the database; `null` where its table is not there. Only reads. */
export async function readApplied(
  context: CommandContext,
  common: Common,
  { table, readApplied: read }: Pick<HistorySource, 'table' | 'readApplied'>,
): Promise<AppliedMigrations | null> {
  const database = databaseOf(context, common);
  if (table === undefined || !(await database.exists())) return null;
  return database.pin(async ({ introspection }) => {
    const helper = context.orm.driver.getPlatform().getSchemaHelper();
    const isThere = await helper?.tableExists(introspection, table.name, table.schema ?? undefined);
    return isThere === true ? { table, names: await read(introspection, table) } : null;
  });
}

/** The tool of which revisions were imported; `undefined` where none was. */
export function toolOfRevisions({ graph }: RevisionScripts): ImportTool | undefined {
  const [origin] = graph.scripts.flatMap(({ importedFrom: text = '' }) => originOf(text) ?? []);
  return origin?.tool as ImportTool | undefined;
}

/** What the reader of a tool's history needs. */
export function importPlace(
  context: CommandContext,
  common: Common,
  { folder, table }: Partial<Pick<ImportPlace, 'folder' | 'table'>> = {},
): ImportPlace {
  const { orm, options, fileSystem: fs } = context;
  return { orm, engine: databaseOf(context, common).engine, base: options.base, fs, folder, table };
}

/**
 * Refuses to run an imported history on a database where the other tool has run it already, wholly or in part.
 *
 * @throws ImportedNotStampedError
 */
export async function refuseUnstamped(
  context: CommandContext,
  common: Common,
  scripts: RevisionScripts,
): Promise<void> {
  const tool = toolOfRevisions(scripts);
  if (tool === undefined) return;
  const { historySource } = await import('../import/history-sources.js');
  const applied = await readApplied(context, common, await historySource(importPlace(context, common), tool));
  const known = importedIn(scripts, tool);
  const count = applied?.names.filter((name) => known.has(name)).length ?? 0;
  if (applied !== null && count > 0) throw new ImportedNotStampedError(nameOfTable(applied.table), count);
}

interface Stamping {
  readonly scripts: RevisionScripts;
  readonly tool: ImportTool;
  readonly applied: AppliedMigrations | null;
}

/** Stamps the database at the last revision of what the other tool has applied to it, where it does not stand there. */
export async function stampImported(
  context: CommandContext,
  { signal, xArguments, directory, onEvent }: Common,
  { scripts, tool, applied }: Stamping,
): Promise<ImportStamp> {
  const { graph } = scripts;
  const known = importedIn(scripts, tool);
  const names = [...new Set(applied?.names ?? [])];
  const ids = names.flatMap((name) => known.get(name) ?? []);
  const places = new Map(graph.oldestFirst.map((id, index) => [id, index]));
  const [last = null] = [...ids].sort((a, b) => (places.get(b) ?? 0) - (places.get(a) ?? 0));
  const nameOf = new Map([...known].map(([name, id]) => [id, name]));
  const rows = await databaseOf(context, { signal, directory }).readRows();
  const there = ancestors(
    graph,
    graph.namesHere(rows).filter((id) => graph.has(id)),
    'all',
  );
  const needed = last === null ? [] : [...ancestors(graph, [last], 'all')];
  const missing = needed
    .filter((id) => !ids.includes(id) && !there.has(id))
    .sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
    .map((id) => nameOf.get(id) ?? id);
  const outOfOrder = names.filter((_, index) => {
    const id = known.get(names[index] ?? '');
    const place = id === undefined ? undefined : places.get(id);
    return (
      place !== undefined &&
      names.slice(index + 1).some((later) => (places.get(known.get(later) ?? '') ?? Number.MAX_SAFE_INTEGER) < place)
    );
  });
  const isNew = last !== null && missing.length === 0 && !there.has(last);
  if (isNew) await stamp(context, { signal, xArguments, directory, onEvent, revisions: last });
  return {
    table: applied === null ? null : nameOfTable(applied.table),
    applied: names.length,
    revision: missing.length === 0 ? last : null,
    written: isNew,
    unknown: names.filter((name) => !known.has(name)),
    missing,
    outOfOrder,
  };
}

function nameOfTable({ name, schema }: AppliedTable): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
}
