import { ancestors } from '../revision/traversal.js';
import { chainHash, HASH_ALGORITHM, linkOf } from '../runtime/chain.js';
import { type Survey } from '../runtime/migration-database.js';
import { type HistoryLine } from '../runtime/sql-history.js';
import { isOfThisForm } from '../script/program-digest.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';
import { command, worded } from '../errors/wording.js';
import { warning } from '../runtime/events.js';

/**
 * What is wrong with an applied revision:
 *
 * - `changed`: its program is not the one that was applied, or does something else;
 * - `moved`: it stands on other revisions than it did then;
 * - `vanished`: no script has it any more;
 * - `rewritten`: its line of the history is not what was written when it was applied;
 * - `unverifiable`: its file is another one, and the text does not tell whether its program is too. One of the two was
 *   minified, was compiled in a way that changes the program, or was applied by an earlier version. Nothing is known to
 *   be wrong;
 * - `equivalent`: its file is another one, and `repair` has run it: it does what was applied. Nothing is wrong.
 */
export type Alteration = 'changed' | 'moved' | 'vanished' | 'rewritten' | 'unverifiable' | 'equivalent';

/** An applied revision that is not what it was. */
export interface AlteredRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** The first line of the revision's message, as the history has it; may be empty. */
  readonly message: string;
  /** What is wrong with the revision. */
  readonly alteration: Alteration;
  /**
   * How the history came to know it: it was applied (`upgrade`), marked as applied (`stamp`) or accepted (`repair`).
   */
  readonly recordedBy: HistoryLine['direction'];
  /** When that was: ISO 8601 in UTC, by the clock of the server. */
  readonly appliedAt: string;
  /** The ids of the revisions that it stood on then. */
  readonly stoodOn: readonly string[];
  /** The ids of the revisions that it stands on now; empty where it has vanished. */
  readonly standsOn: readonly string[];
}

/** What a database says of its revisions, and how they are to be examined. */
export interface RecordedRevisions {
  /** The version table's rows. Where one of them has no script nothing is reported here: another error says so. */
  readonly rows: readonly string[];
  readonly lines: readonly HistoryLine[];
  /** What a script does now, found by running it. Absent: no revision is run, only its text is read. */
  readonly operations?: OperationsOf;
}

/** The digest of what a script's `upgrade` does; `null` where that depends on more than the script, or it fails. */
export type OperationsOf = (script: RevisionScript) => Promise<string | null>;

/** The applied revisions that are not what the history says of them, oldest first. */
export async function alteredRevisions(
  scripts: RevisionScripts,
  { rows: table, lines, operations }: RecordedRevisions,
): Promise<readonly AlteredRevision[]> {
  const { directory } = scripts;
  const graph = scripts.graph.at(table);
  const rows = graph.namesHere(table);
  const look: Look = { program: (script) => directory.programDigest(script), operations };
  if (lines.length === 0 || rows.some((row) => !graph.has(row))) return [];
  const recorded = new Map(lines.map((line) => [line.revision, line]));
  const applied = ancestors(graph, rows, 'all');
  const found = vanished(rows, recorded, (id) => graph.knows(id));
  for (const id of graph.oldestFirst) {
    const line = recorded.get(id);
    if (line === undefined || !applied.has(id)) continue;
    const standsOn = graph.parentsOf(id);
    const isMoved =
      // of thousands of revisions hardly any has moved
      line.parents.join(' ') !== standsOn.join(' ') &&
      !isSame(unsquashed(graph, id, line.parents), unsquashed(graph, id, standsOn));
    const alteration = await alterationOf(graph.get(id), { line, isMoved, recorded, look });
    if (alteration !== undefined) found.push(altered(line, alteration, standsOn));
  }
  return found;
}

/** Those of the revisions that something is known to be wrong with. */
export function proven(found: readonly AlteredRevision[]): readonly AlteredRevision[] {
  return found.filter(({ alteration }) => alteration !== 'unverifiable' && alteration !== 'equivalent');
}

/** How many of them the warning of another command names one by one. */
const TOLD = 5;

/** Warns of applied revisions that are not what the history says of them. */
export async function warnOfAltered(
  context: CommandContext,
  options: Common,
  scripts: RevisionScripts,
  { rows, lines }: Pick<Survey, 'rows' | 'lines'>,
): Promise<void> {
  if (rows.length === 0) return;
  const found = proven(await alteredRevisions(scripts, { rows, lines }));
  if (found.length === 0) return;
  const emit = emitter(context, options);
  for (const one of found.slice(0, TOLD)) emit({ type: 'warning', message: describeAltered(one) });
  const more = found.length > TOLD ? `${found.length - TOLD} more applied revisions are not what they were. ` : '';
  emit(
    warning(worded`${more}Put back what was applied, or accept what is there now: ${command('repair', '--accept')}.`),
  );
}

const RECORDED = { upgrade: 'applied', stamp: 'stamped', repair: 'accepted' } as const;

/** What is wrong in a sentence. */
export function describeAltered({ revision, message, alteration, appliedAt, ...at }: AlteredRevision): string {
  const name = message === '' ? revision : `${revision} (${message})`;
  const recorded = `${RECORDED[at.recordedBy]} at ${appliedAt}`;
  switch (alteration) {
    case 'changed':
      return `Revision ${name} has changed since it was ${recorded}.`;
    case 'moved':
      return `Revision ${name} stands on ${named(at.standsOn)}, and stood on ${named(at.stoodOn)} when it was ${recorded}.`;
    case 'vanished':
      return `Revision ${name}, ${recorded}, has no script any more.`;
    case 'rewritten':
      return `The history of revision ${name} was rewritten since it was ${recorded}, by something else than nest-migrate.`;
    case 'unverifiable':
      return `Revision ${name} cannot be verified here: its file is another than when it was ${recorded}.`;
    case 'equivalent':
      return `Revision ${name} has another file than when it was ${recorded}, and does the same.`;
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

/** How the present script of a revision is examined. */
interface Look {
  /** The digest of its program; `null` where its text does not tell it. */
  readonly program: (script: RevisionScript) => Promise<string | null>;
  readonly operations: OperationsOf | undefined;
}

interface Applied {
  readonly line: HistoryLine;
  /** Whether it stands on other revisions than it did then. */
  readonly isMoved: boolean;
  readonly recorded: ReadonlyMap<string, HistoryLine>;
  readonly look: Look;
}

async function alterationOf(
  script: RevisionScript,
  { line, isMoved, recorded, look }: Applied,
): Promise<Alteration | undefined> {
  const { revision, parents, seal } = line;
  if (isMoved) return 'moved';
  if (seal === null) return undefined;
  const links = new Map(parents.map((parent) => [parent, linkOf(recorded.get(parent)?.seal)]));
  const isOfToday = seal.algorithm === HASH_ALGORITHM;
  if (isOfToday && seal.chainHash !== null && seal.chainHash !== chainHash(revision, seal, links)) return 'rewritten';
  const { kind, digest } = script.source;
  if (kind === seal.fileKind && digest === seal.fileDigest) return undefined;
  const program = seal.programDigest !== null && isOfThisForm(seal.programDigest) ? await look.program(script) : null;
  if (program !== null && program === seal.programDigest) return undefined;
  const operations = isOfToday && seal.operationsDigest !== null ? ((await look.operations?.(script)) ?? null) : null;
  if (operations !== null) return operations === seal.operationsDigest ? 'equivalent' : 'changed';
  // the output of a compiler may be another program
  return program !== null && kind === seal.fileKind ? 'changed' : 'unverifiable';
}

function altered(line: HistoryLine, alteration: Alteration, standsOn: readonly string[]): AlteredRevision {
  const { revision, message, direction: recordedBy, appliedAt, parents } = line;
  return { revision, message, alteration, recordedBy, appliedAt, stoodOn: parents, standsOn };
}

/**
 * What a revision stands on, under the names of today: the last revision of an old path and its squash mean the same
 * state. The line of a squash also names what it replaces.
 */
function unsquashed(graph: RevisionScripts['graph'], id: string, parents: readonly string[]): readonly string[] {
  const replaces = new Set(graph.script(id)?.replaces);
  return [...new Set(graph.namesHere(parents.filter((parent) => !replaces.has(parent))))];
}

/**
 * What the history says that a revision stands on. A squash also stands on what it replaces: a version of the
 * application that does not know the squash sees by it that its own revisions are applied.
 */
export function recordedParents(graph: RevisionScripts['graph'], id: string): readonly string[] {
  const { downRevision = [], dependsOn = [], replaces = [] } = graph.script(id) ?? {};
  return [...(graph.has(id) ? graph.parentsOf(id) : [...downRevision, ...dependsOn]), ...replaces];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

function named(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.join(' and ');
}
