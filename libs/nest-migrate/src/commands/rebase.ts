import { RebaseRefusedError } from '../errors/command.errors.js';
import { type Operation } from '../operations/operation.js';
import { referencedTables, type TouchedTable, touchedTables } from '../operations/touched-tables.js';
import { resolveRevision } from '../revision/resolve.js';
import { targetsFor } from '../revision/target.js';
import { ancestors, descendants } from '../revision/traversal.js';
import { movedRevision } from '../script/moved-revision.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common, databaseOf } from './command-context.js';
import { keepHeads, published } from './published-revisions.js';
import { type RecordingObstacle, recorder } from './recorded-revisions.js';
import { namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';

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

/** A table that an unpublished revision and one that comes before it now both change. */
export interface RebaseConflict {
  /** The id of the unpublished revision. */
  readonly revision: string;
  /** The id of the published one. */
  readonly with: string;
  /** The names of the table, or of its columns that both change. */
  readonly names: readonly string[];
}

/** What `rebase` did, and what a person has to look at. */
export interface RebaseResult {
  /** The revisions whose files were changed; empty where all stand behind the head already. */
  readonly rebased: readonly RebasedRevision[];
  /** What both sides change. The files of these revisions are as they were, but for what they follow. */
  readonly conflicts: readonly RebaseConflict[];
  /** The revisions of which not everything is known that they do, so that they may conflict too. */
  readonly unrecorded: readonly { readonly revision: string; readonly obstacle: RecordingObstacle }[];
}

/**
 * Hangs the unpublished revisions behind what is published. Their code is kept to the letter; what both sides change is
 * told. Unpublished is what neither the base nor the connected database has.
 *
 * @throws RebaseRefusedError with the reason, before anything is written; GitFailedError
 */
export async function rebase(context: CommandContext, options: RebaseOptions = {}): Promise<RebaseResult> {
  const scripts = await readScripts(context, options);
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

  const changes: (RebasedRevision & { readonly text: string })[] = [];
  for (const id of roots) changes.push(await moved(scripts, graph.get(id), onto));
  const told = await conflictsOf(context, scripts, roots, onto);
  for (const { path, text } of changes) await directory.fs.replace(path, text);
  await keepHeads(context, await readScripts(context, options));
  return { rebased: changes.map(({ text: _, ...change }) => change), ...told };
}

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
  const rows = (await database.exists()) ? await database.readRows() : [];
  const here = graph.at(rows);
  const applied = ancestors(
    here,
    here.namesHere(rows).filter((row) => here.has(row)),
    'all',
  );
  const held = roots.filter((id) => applied.has(id));
  if (held.length > 0)
    throw new RebaseRefusedError(
      held,
      'are applied to the connected database',
      'Undo them there before they are moved.',
    );
}

async function moved(
  { directory }: RevisionScripts,
  script: RevisionScript,
  onto: string,
): Promise<RebasedRevision & { readonly text: string }> {
  const { id, path, downRevision: from } = script;
  const change = { revision: id, from, to: [onto], path };
  const text = movedRevision(await directory.fs.readText(path), change);
  const after = text === undefined ? undefined : await directory.scriptOf(path, text);
  const expected = { ...script, downRevision: [onto], source: null };
  if (text === undefined || JSON.stringify({ ...after, source: null }) !== JSON.stringify(expected))
    throw new RebaseRefusedError([id], 'does not write its downRevision as a text', `Edit it by hand: ${path}`);
  return { ...change, text };
}

async function conflictsOf(
  context: CommandContext,
  scripts: RevisionScripts,
  roots: readonly string[],
  onto: string,
): Promise<Pick<RebaseResult, 'conflicts' | 'unrecorded'>> {
  const { graph } = scripts;
  const record = recorder(context, scripts);
  const behind = ancestors(graph, [onto], 'all');
  const conflicts: RebaseConflict[] = [];
  const unrecorded = new Map<string, RecordingObstacle>();
  const operationsOf = async (id: string): Promise<readonly Operation[]> => {
    const { operations, obstacle } = await record(graph.get(id));
    if (obstacle !== null) unrecorded.set(id, obstacle);
    return operations;
  };
  for (const root of roots) {
    const before = ancestors(graph, graph.downRevisionsOf(root), 'all');
    const theirs = graph.oldestFirst.filter((id) => behind.has(id) && !before.has(id));
    const above = descendants(graph, [root], 'down revisions');
    for (const id of graph.oldestFirst.filter((one) => above.has(one))) {
      const mine = await operationsOf(id);
      for (const other of theirs) {
        const names = sharedNames(mine, await operationsOf(other));
        if (names.length > 0) conflicts.push({ revision: id, with: other, names });
      }
    }
  }
  return { conflicts, unrecorded: [...unrecorded].map(([revision, obstacle]) => ({ revision, obstacle })) };
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
  const renamed =
    operation.kind === 'renameTable'
      ? [
          {
            table: operation.to,
            columns: 'all' as const,
            ...(operation.toSchema != null && { schema: operation.toSchema }),
          },
        ]
      : [];
  return [...touchedTables(operation), ...renamed, ...referencedTables(operation)];
}

function columnsOfBoth(one: TouchedTable, other: TouchedTable): readonly string[] {
  if (one.columns === 'all' || other.columns === 'all') return [];
  return one.columns.filter((column) => other.columns.includes(column));
}
