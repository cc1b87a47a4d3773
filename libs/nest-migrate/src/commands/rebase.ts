import { RebaseRefusedError } from '../errors/command.errors.js';
import { type TouchedTable } from '../operations/object-change.js';
import { type Operation } from '../operations/operation.js';
import { referencedTables, tableRenames, touchedTables } from '../operations/touched-tables.js';
import { resolveRevision, resolveRevisions } from '../revision/resolve.js';
import { targetsFor } from '../revision/target.js';
import { ancestors, descendants } from '../revision/traversal.js';
import { movedRevision } from '../script/moved-revision.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { keepHeads, published } from './published-revisions.js';
import { type MovedRevisions, type MovedScript } from './moved-revisions.js';
import { type Recorder, type RecordingObstacle, recorder } from './recorded-revisions.js';
import { namingHeads, readFiles, readScripts, type RevisionScripts } from './revision-scripts.js';

/**
 * Options of `rebase`.
 *
 * @example
 * const { rebased, conflicts } = await migrations.rebase();
 */
export interface RebaseOptions extends Common {
  /** The published revision that the unpublished ones shall follow, as a symbol. Default: the only published head. */
  onto?: string;
  /** The git commit that is published. Default: the remote's default branch. */
  base?: string;
  /**
   * Revisions, as symbols, whose code was looked at and is right as it is, though it names what the base changes. Default:
   * none.
   */
  keep?: string | readonly string[];
}

/** A revision that follows another one now. */
export interface RebasedRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** What it followed. */
  readonly from: readonly string[];
  /** What it follows now. */
  readonly to: readonly string[];
  /** The file, absolute. */
  readonly path: string;
}

/** What a person has to solve before an unpublished revision can follow what is published. */
export interface RebaseConflict {
  /** The id of the unpublished revision. */
  readonly revision: string;
  /** Its file, absolute. */
  readonly path: string;
  /** The line of its code that is meant, from 1; `null` where it is more than one. */
  readonly line: number | null;
  /** The ids of the published revisions that are in its way. */
  readonly with: readonly string[];
  /** What is wrong, in a sentence or two. */
  readonly message: string;
}

/** A table that an unpublished revision and one that comes before it now both change. */
export interface RebaseOverlap {
  /** The id of the unpublished revision. */
  readonly revision: string;
  /** The id of the published one. */
  readonly with: string;
  /** The names of the table, or of its columns that both change. */
  readonly names: readonly string[];
}

/** What `rebase` did, and what a person has to look at. */
export interface RebaseResult {
  /** Whether there is no conflict. Otherwise no file was changed. */
  readonly clean: boolean;
  /** The revisions that follow another one now; empty where all stand behind the head already. */
  readonly rebased: readonly RebasedRevision[];
  /** The ids of the revisions whose derived statements were written again. */
  readonly rewritten: readonly string[];
  /** What has to be solved by hand. */
  readonly conflicts: readonly RebaseConflict[];
  /** What both sides change. */
  readonly shared: readonly RebaseOverlap[];
  /** The revisions of which not everything is known that they do without a database. */
  readonly unrecorded: readonly { readonly revision: string; readonly obstacle: RecordingObstacle }[];
  /** The revisions that were moved and not tried, and why. */
  readonly unproven: readonly { readonly revision: string; readonly reason: string }[];
  /** What the entities still need behind the new head: `migrate` would write it. */
  readonly missing: readonly Operation[];
}

/**
 * Hangs the unpublished revisions behind what is published. Where that changes what they touch, the statements that were
 * derived from the entities are written again for the schema that they start from now. Code that was written by hand is
 * kept to the letter; where it names what the base renames, drops or changes, that is a conflict. What comes of it is tried
 * on scratch databases, up, down and up again, before a file is changed. Unpublished is what neither the base nor the
 * connected database has.
 *
 * @throws RebaseRefusedError with the reason, before anything is written; GitFailedError; ScratchPlaceMissingError where a
 * revision has to be written again and the options do not say where a scratch database may be created.
 */
export async function rebase(context: CommandContext, options: RebaseOptions = {}): Promise<RebaseResult> {
  const scripts = await readFiles(context, options);
  const { graph, directory } = scripts;
  const { ref, tip, fork } = await published(scripts, options);
  const missing = [...tip.scripts.keys()].filter((id) => !graph.knows(id));
  if (missing.length > 0)
    throw new RebaseRefusedError(
      missing,
      `are published at ${ref} and not here`,
      `Merge ${ref} into this branch first.`,
    );
  // a squash of what is published stands where that stands
  const isPublished = (id: string): boolean =>
    [id, ...(graph.script(id)?.replaces ?? [])].some((each) => tip.scripts.has(each) || fork.scripts.has(each));
  const own = graph.oldestFirst.filter((id) => !isPublished(id));
  const onto = ontoOf(scripts, own, options);
  const roots = own.filter((id) => {
    const { downRevision } = graph.get(id);
    return downRevision.length > 0 && downRevision.every(isPublished) && !downRevision.includes(onto);
  });
  const mixed = own.filter((id) => graph.isMergePoint(id) && graph.get(id).downRevision.some(isPublished));
  if (mixed.length > 0)
    throw new RebaseRefusedError(
      mixed,
      'merge what is published',
      'Delete the merge: after a rebase it is not needed.',
    );
  const tied = roots.filter((id) => graph.scriptsReplacedBy(id).length > 0);
  if (tied.length > 0)
    throw new RebaseRefusedError(
      tied,
      'replace revisions whose files are still there',
      'Delete the squash, rebase, and squash again; or delete those files where no database needs them.',
    );
  await checkNotApplied(context, options, scripts, roots);

  const moves = new Map<string, MovedScript>();
  for (const id of roots) moves.set(id, await moved(scripts, graph.get(id), onto));
  const rebased = [...moves.values()].map(({ text: _, ...change }) => change);
  const record = recorder(context, scripts);
  const { overlaps: shared, theirs, unrecorded } = await overlapsOf(scripts, record, roots, onto);
  const keep = new Set(
    namingHeads(scripts, () =>
      [options.keep ?? []].flat().flatMap((text) => resolveRevisions(graph, targetsFor(graph, text, 'show'))),
    ),
  );
  // loaded where something moves
  const outcome: MovedRevisions =
    roots.length === 0
      ? NOTHING_MOVED
      : await (
          await import('./moved-revisions.js')
        ).moveRevisions(context, scripts, {
          ...{ moves, shared, theirs, unrecorded, keep, record },
          common: options,
        });
  const { texts, rewritten, ...told } = outcome;
  const clean = told.conflicts.length === 0;
  const result = {
    clean,
    shared,
    ...told,
    unrecorded: [...unrecorded].map(([revision, obstacle]) => ({ revision, obstacle })),
  };
  if (!clean) return { ...result, rebased: [], rewritten: [] };
  for (const [id, text] of texts) await directory.fs.replace(graph.get(id).path, text);
  await keepHeads(context, await readScripts(context, options));
  return { ...result, rebased, rewritten };
}

const NOTHING_MOVED: MovedRevisions = { texts: new Map(), rewritten: [], conflicts: [], unproven: [], missing: [] };

/** The published revision that is to be followed. */
function ontoOf(scripts: RevisionScripts, own: readonly string[], { onto }: RebaseOptions): string {
  const { graph } = scripts;
  if (onto !== undefined) {
    const target = namingHeads(scripts, () => targetsFor(graph, onto, 'show')).map((each) =>
      resolveRevision(graph, each),
    );
    const [only = null, ...others] = target;
    if (only === null || others.length > 0 || own.includes(only))
      throw new RebaseRefusedError([onto], 'is not one published revision', 'Name one with --onto.');
    return only;
  }
  const mine = new Set(own);
  const heads = graph.oldestFirst.filter(
    (id) => !mine.has(id) && graph.childrenOf(id).every((child) => mine.has(child)),
  );
  const [only, ...others] = heads;
  if (only === undefined || others.length > 0) {
    throw new RebaseRefusedError(heads, 'are the published heads', 'Name the one to follow: --onto <revision>.');
  }
  return only;
}

/** @throws RebaseRefusedError where the connected database holds what is to be moved. */
async function checkNotApplied(
  context: CommandContext,
  options: RebaseOptions,
  { graph }: RevisionScripts,
  roots: readonly string[],
): Promise<void> {
  if (roots.length === 0) return;
  const database = databaseOf(context, options);
  const { rows, interrupted } = await database.glance();
  const here = graph.at(rows, { begun: interrupted });
  const applied = ancestors(
    here,
    here.namesHere(rows).filter((row) => here.has(row)),
    'all',
  );
  const begun = new Set(interrupted.map(({ revision }) => revision));
  const held = roots.filter((id) => applied.has(id) || begun.has(id));
  if (held.length > 0)
    throw new RebaseRefusedError(
      held,
      'are applied to the connected database',
      'Undo them there before they are moved.',
    );
}

async function moved({ directory }: RevisionScripts, script: RevisionScript, onto: string): Promise<MovedScript> {
  const { id, path, downRevision: from } = script;
  const change = { revision: id, from, to: [onto], path };
  const text = movedRevision(await directory.fs.readText(path), change);
  const after = text === undefined ? undefined : await directory.scriptOf(path, text);
  const expected = { ...script, downRevision: [onto], source: null };
  if (text === undefined || JSON.stringify({ ...after, source: null }) !== JSON.stringify(expected))
    throw new RebaseRefusedError([id], 'does not write its downRevision as a text', `Edit it by hand: ${path}`);
  return { ...change, text };
}

interface Overlaps {
  readonly overlaps: readonly RebaseOverlap[];
  /** For each unpublished revision that moves, or stands on one, the published ones that come before it now. */
  readonly theirs: ReadonlyMap<string, readonly string[]>;
  /** Why not everything is known that revisions do. */
  readonly unrecorded: ReadonlyMap<string, RecordingObstacle>;
}

/** What both sides change, as far as that can be told without a database. */
async function overlapsOf(
  { graph }: RevisionScripts,
  record: Recorder,
  roots: readonly string[],
  onto: string,
): Promise<Overlaps> {
  const behind = ancestors(graph, [onto], 'all');
  const unrecorded = new Map<string, RecordingObstacle>();
  const operationsOf = async (id: string): Promise<readonly Operation[]> => {
    const { operations, obstacle } = await record(graph.get(id));
    if (obstacle !== null) unrecorded.set(id, obstacle);
    return operations;
  };
  const theirs = new Map<string, readonly string[]>();
  for (const root of roots) {
    const before = ancestors(graph, graph.downRevisionsOf(root), 'all');
    const above = descendants(graph, [root], 'all');
    for (const id of above) {
      const known = theirs.get(id) ?? [];
      theirs.set(
        id,
        graph.oldestFirst.filter((one) => known.includes(one) || (behind.has(one) && !before.has(one))),
      );
    }
  }
  const overlaps: RebaseOverlap[] = [];
  for (const id of graph.oldestFirst.filter((one) => theirs.has(one))) {
    const mine = await operationsOf(id);
    for (const other of theirs.get(id) ?? []) {
      const names = sharedNames(mine, await operationsOf(other));
      if (names.length > 0) overlaps.push({ revision: id, with: other, names });
    }
  }
  return { overlaps, theirs, unrecorded };
}

/** The tables and columns that both change. */
function sharedNames(mine: readonly Operation[], theirs: readonly Operation[]): readonly string[] {
  const shared = new Set<string>();
  const others = theirs.flatMap((operation) => places(operation));
  for (const one of mine.flatMap((operation) => places(operation))) {
    for (const other of others) {
      if (one.table !== other.table || one.schema !== other.schema) continue;
      const columns = columnsOfBoth(one, other);
      const name = one.schema === undefined ? one.table : `${one.schema}.${one.table}`;
      if (columns.length === 0) shared.add(name);
      for (const column of columns) shared.add(`${name}.${column}`);
    }
  }
  return [...shared].sort();
}

function places(operation: Operation): readonly TouchedTable[] {
  const renamed = tableRenames([operation]).map(({ after: { name: table, ...place } }) => {
    return { table, columns: 'all' as const, ...place };
  });
  return [...touchedTables(operation), ...renamed, ...referencedTables(operation)];
}

function columnsOfBoth(one: TouchedTable, other: TouchedTable): readonly string[] {
  if (one.columns === 'all' || other.columns === 'all') return [];
  return one.columns.filter((column) => other.columns.includes(column));
}
