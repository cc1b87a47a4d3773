import { NoCurrentRevisionsError, NoRevisionFilesError } from '../errors/command.errors.js';
import { type CommandContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { readFiles, revisionInfo } from './revision-scripts.js';
import { show, type ShowOptions } from './show.js';

/**
 * Options of `edit`.
 *
 * @example
 * await migrations.edit({ revision: 'head', open: async (paths) => console.log(paths) });
 */
export interface EditOptions extends ShowOptions {
  /** Opens the files for a person, by their absolute paths; resolves when editing is done. */
  open: (paths: readonly string[]) => Promise<void>;
}

/**
 * Hands the files of the revisions that a symbol (default `'head'`) denotes to `open`, and makes sure that they load
 * afterwards.
 *
 * @returns the revisions as they are afterwards, without those whose file is gone.
 * @throws NoCurrentRevisionsError for `current` where nothing is applied, NoRevisionFilesError where the symbol denotes
 * no revision; RevisionFileSyntaxError and the like where a file no longer loads.
 */
export async function edit(context: CommandContext, options: EditOptions): Promise<readonly RevisionInfo[]> {
  const { revision = 'head', open } = options;
  const revisions = await show(context, { ...options, revision });
  if (revisions.length === 0) {
    throw revision === 'current' ? new NoCurrentRevisionsError() : new NoRevisionFilesError(revision);
  }
  const paths = revisions.map(({ path }) => path);
  await open(paths);
  const scripts = await readFiles(context, options);
  // what a squash replaces can be edited too
  const { graph } = scripts;
  const edited = [graph, graph.unsquashed].flatMap((seen) =>
    seen.revisions
      .filter(({ id, path }) => paths.includes(path) && (seen === graph || !graph.has(id)))
      .map((script) => ({ script, seen })),
  );
  // the constants are read without running the file: a mistake below them shows only when the file is loaded
  for (const { script } of edited) await scripts.directory.load(script);
  return edited.map(({ script: { id }, seen }) => revisionInfo({ ...scripts, graph: seen }, id));
}
