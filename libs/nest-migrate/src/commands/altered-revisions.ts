import { type DialectName } from '../dialects/dialect.js';
import { ancestors } from '../revision/traversal.js';
import { chainHash, HASH_ALGORITHM, linkOf } from '../runtime/chain.js';
import { type HistoryLine } from '../runtime/history-table.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';
import { recordedDigest } from '../runtime/operation-digest.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';

/**
 * What is wrong with an applied revision:
 *
 * - `changed`: its `upgrade` does something else than what was applied;
 * - `moved`: it stands on other revisions than it did then;
 * - `vanished`: it has no script any more;
 * - `rewritten`: its line of the history is not what was written when it was applied;
 * - `unverifiable`: its file is another, and what it does can't be compared: it depends on rows, on arguments or on the clock,
 *   and was applied from another kind of file. Nothing is wrong as far as anybody can tell.
 */
export type Alteration = 'changed' | 'moved' | 'vanished' | 'rewritten' | 'unverifiable';

/** An applied revision that is not what it was. */
export interface AlteredRevision {
  readonly revision: string;
  readonly message: string;
  readonly alteration: Alteration;
  /** When it was applied, ISO 8601 in UTC, by the server's clock. */
  readonly appliedAt: string;
  /** What it stood on then. */
  readonly stoodOn: readonly string[];
  /** What it stands on now; empty where it has vanished. */
  readonly standsOn: readonly string[];
}

/**
 * The applied revisions that are not what the history says of them, oldest first. Reads nothing but files; of those that have
 * another text than when they were applied, it runs `upgrade` without a database, to see what it does today.
 *
 * @param rows The version table's rows. Where one of them has no script there is nothing to be said: another error tells.
 */
export async function alteredRevisions(
  context: CommandContext,
  scripts: RevisionScripts,
  rows: readonly string[],
  lines: readonly HistoryLine[],
): Promise<readonly AlteredRevision[]> {
  const { graph } = scripts;
  const { dialect } = databaseOf(context);
  const digest = async (script: RevisionScript): Promise<string | null> =>
    digestOf(context, scripts, script, dialect.name);
  if (lines.length === 0 || rows.some((row) => !graph.has(row))) return [];
  const recorded = new Map(lines.map((line) => [line.revision, line]));
  const applied = ancestors(graph, rows, 'all');
  const found = vanished(rows, recorded, (id) => graph.has(id));
  for (const id of graph.oldestFirst) {
    const line = recorded.get(id);
    if (line === undefined || !applied.has(id)) continue;
    const standsOn = graph.parentsOf(id);
    const alteration = await alterationOf(graph.get(id), { line, standsOn, recorded, digest });
    if (alteration !== undefined) found.push(altered(line, alteration, standsOn));
  }
  return found;
}

/** Those of them that something is wrong with, as far as can be told. */
export function proven(found: readonly AlteredRevision[]): readonly AlteredRevision[] {
  return found.filter(({ alteration }) => alteration !== 'unverifiable');
}

/** How many are told one by one where somebody asked for something else. */
const TOLD = 5;

/** Warns of applied revisions that are not what the history says of them. */
export async function warnOfAltered(
  context: CommandContext,
  options: Common,
  scripts: RevisionScripts,
  { database, rows }: { readonly database: MigrationDatabase; readonly rows: readonly string[] },
): Promise<void> {
  if (rows.length === 0) return;
  const found = proven(await alteredRevisions(context, scripts, rows, await database.readHistory()));
  if (found.length === 0) return;
  const emit = emitter(context, options);
  for (const one of found.slice(0, TOLD)) emit({ type: 'warning', message: describeAltered(one) });
  const more = found.length > TOLD ? `${found.length - TOLD} more applied revisions are not what they were. ` : '';
  const message = `${more}Put back what was applied, or accept what is there now: db repair --accept.`;
  emit({ type: 'warning', message });
}

/** What is wrong in a sentence. */
export function describeAltered({ revision, message, alteration, appliedAt, ...at }: AlteredRevision): string {
  const name = message === '' ? revision : `${revision} (${message})`;
  const since = `since it was applied at ${appliedAt}`;
  switch (alteration) {
    case 'changed':
      return `Revision ${name} has changed ${since}.`;
    case 'moved':
      return `Revision ${name} stands on ${named(at.standsOn)}, and stood on ${named(at.stoodOn)} when it was applied at ${appliedAt}.`;
    case 'vanished':
      return `Revision ${name}, applied at ${appliedAt}, has no script any more.`;
    case 'rewritten':
      return `The history of revision ${name} was rewritten ${since}, by something else than nest-migrate.`;
    case 'unverifiable':
      return `Revision ${name} can't be verified: it was applied from another kind of file, and what it does depends on more than its text.`;
  }
}

/** What was applied below the rows, as the history has it, without a script. */
function vanished(
  rows: readonly string[],
  recorded: ReadonlyMap<string, HistoryLine>,
  hasScript: (id: string) => boolean,
): AlteredRevision[] {
  const seen = new Set<string>(rows);
  const found: AlteredRevision[] = [];
  for (const id of seen) {
    const line = recorded.get(id);
    for (const parent of line?.parents ?? []) seen.add(parent);
    if (line !== undefined && !hasScript(id)) found.unshift(altered(line, 'vanished', []));
  }
  return found;
}

interface Applied {
  readonly line: HistoryLine;
  readonly standsOn: readonly string[];
  readonly recorded: ReadonlyMap<string, HistoryLine>;
  readonly digest: (script: RevisionScript) => Promise<string | null>;
}

async function alterationOf(
  script: RevisionScript,
  { line, standsOn, recorded, digest: digestNow }: Applied,
): Promise<Alteration | undefined> {
  const { revision, parents, seal } = line;
  if (!isSame(parents, standsOn)) return 'moved';
  if (seal === null) return undefined;
  const links = new Map(parents.map((parent) => [parent, linkOf(recorded.get(parent)?.seal)]));
  const isOfToday = seal.algorithm === HASH_ALGORITHM;
  if (isOfToday && seal.chainHash !== null && seal.chainHash !== chainHash(revision, seal, links)) return 'rewritten';
  const { kind, digest } = script.source;
  if (kind === seal.fileKind && digest === seal.fileDigest) return undefined;
  const operations = isOfToday && seal.operationsDigest !== null ? await digestNow(script) : null;
  if (operations !== null) return operations === seal.operationsDigest ? undefined : 'changed';
  return kind === seal.fileKind && isOfToday ? 'changed' : 'unverifiable';
}

/** What the revision does today; `null` where that depends on more than the revision, or it fails without a database. */
export async function digestOf(
  context: CommandContext,
  { directory }: RevisionScripts,
  script: RevisionScript,
  dialect: DialectName,
): Promise<string | null> {
  try {
    const module = await directory.load(script);
    const connections = context.all().map(({ connection }) => connection);
    return await recordedDigest(moduleFunction(module, 'upgrade', context.connection, connections), {
      dialect,
      offline: false,
      connection: context.connection,
      xArguments: {},
      tag: null,
      registry: context.options.registry,
    });
  } catch {
    return null;
  }
}

function altered(line: HistoryLine, alteration: Alteration, standsOn: readonly string[]): AlteredRevision {
  const { revision, message, appliedAt, parents } = line;
  return { revision, message, alteration, appliedAt, stoodOn: parents, standsOn };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

function named(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.join(' and ');
}
