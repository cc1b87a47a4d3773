import { dirname, relative } from 'node:path';
import { MultipleHeadsError } from '../errors/revision.errors.js';
import { RevisionsBundledError } from '../errors/script.errors.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { ScriptDirectory } from '../script/script-directory.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type Common, type ScriptsContext } from './command-context.js';
import { isDraft } from './draft-names.js';
import { folder } from './absolute-folder.js';
import { type RevisionInfo } from './results.js';

/** The script directory of a call, its scripts and their graph. They are read again for every command. */
export interface RevisionScripts {
  readonly directory: ScriptDirectory;
  readonly graph: RevisionGraph<RevisionScript>;
}

/** The script directory of a call. */
export function directoryOf({ options }: ScriptsContext, { directory }: Common): string {
  return directory === undefined ? options.directory : folder(directory, options.base);
}

/**
 * Reads the scripts' constants; runs none of them.
 *
 * @param common.versionPath Where a revision is about to be written: a version location that need not be there yet.
 */
export async function readScripts(
  context: ScriptsContext,
  common: Common & { readonly versionPath?: string },
): Promise<RevisionScripts> {
  const directory = await ScriptDirectory.open({
    path: directoryOf(context, common),
    versionLocations: common.directory === undefined ? context.options.versionLocations : [],
    versionPath: common.versionPath === undefined ? undefined : folder(common.versionPath, context.options.base),
    base: context.options.base,
    fs: context.fileSystem,
    bundled: common.directory === undefined ? context.options.revisions : undefined,
  });
  for (const beside of new Set(directory.versionLocations.map((location) => dirname(location))))
    await removeDraftsIn(context, beside);
  return { directory, graph: RevisionGraph.of(await directory.read()) };
}

/**
 * As {@link readScripts}, for a command that writes files.
 *
 * @throws RevisionsBundledError where there are none.
 */
export async function readFiles(
  context: ScriptsContext,
  common: Parameters<typeof readScripts>[1],
): Promise<RevisionScripts> {
  const scripts = await readScripts(context, common);
  if (scripts.directory.isBundled) throw new RevisionsBundledError(scripts.directory.path);
  return scripts;
}

/** Removes what a killed process has left in a folder. A file system that may only be read keeps it. */
async function removeDraftsIn(context: ScriptsContext, folder: string): Promise<void> {
  try {
    const names = (await context.fileSystem.list(folder)).map(({ name }) => name);
    // loaded where there is something, which is almost never
    if (names.some(isDraft)) await (await import('./draft-folder.js')).removeAbandonedDrafts(context, folder, names);
  } catch {
    // the command is about something else
  }
}

/**
 * Runs `ask`, and adds the files of the heads, which the graph does not know, to an error about several heads.
 *
 * @throws MultipleHeadsError and whatever `ask` throws.
 */
export function namingHeads<T>({ directory, graph }: RevisionScripts, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof MultipleHeadsError)) throw error;
    const { argument, heads, purpose } = error;
    const scripts = heads.map((id) => ({
      revision: id,
      branchLabels: graph.labelsOf(id),
      file: relative(directory.path, graph.get(id).path),
      dependents: graph.dependentsOf(id),
    }));
    throw new MultipleHeadsError(argument, heads, { purpose, scripts });
  }
}

/**
 * One revision as commands report it.
 *
 * @param rows The version table's rows, or `null` where the database was not asked.
 */
export function revisionInfo(
  { graph }: RevisionScripts,
  id: string,
  rows: readonly string[] | null = null,
): RevisionInfo {
  const script = graph.get(id);
  return {
    revision: id,
    downRevision: script.downRevision,
    dependsOn: script.dependsOn,
    branchLabels: graph.labelsOf(id),
    message: script.message,
    createDate: script.createDate,
    path: script.path,
    children: [...graph.childrenOf(id)].sort(),
    isHead: graph.isHead(id),
    isEffectiveHead: graph.isHead(id) && !graph.realHeads.includes(id),
    isBase: graph.isBase(id),
    isBranchPoint: graph.isBranchPoint(id),
    isMergePoint: graph.isMergePoint(id),
    isCurrent: rows === null ? null : rows.includes(id),
    replaces: script.replaces,
    replacedBy: graph.squashReplacing(id) ?? null,
    irreversible: script.irreversible,
    elidable: script.elidable,
    accept: script.accept,
  };
}
