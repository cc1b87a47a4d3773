import { NoCurrentRevisionsError, NoRevisionFilesError } from '../errors/command.errors.js';
import { type CommandContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';
import { show, type ShowOptions } from './show.js';

export interface EditOptions extends ShowOptions {
  /** Lets somebody edit the files, whose absolute paths it gets; resolves when they are done. */
  open: (paths: readonly string[]) => Promise<void>;
}

/**
 * Has the files of the revisions edited that a symbol (default `'head'`) denotes, and makes sure that they still load.
 *
 * @returns the revisions as they are afterwards; one whose file is gone is left out.
 * @throws NoCurrentRevisionsError for `current` where nothing is applied, NoRevisionFilesError where the symbol denotes
 * no revision; RevisionFileSyntaxError and the like where a file does not load any more.
 */
export async function edit(context: CommandContext, options: EditOptions): Promise<readonly RevisionInfo[]> {
  const { revision = 'head', open } = options;
  const revisions = await show(context, { ...options, revision });
  if (revisions.length === 0) {
    throw revision === 'current' ? new NoCurrentRevisionsError() : new NoRevisionFilesError(revision);
  }
  const paths = revisions.map(({ path }) => path);
  await open(paths);
  const scripts = await readScripts(context, options);
  const edited = scripts.graph.revisions.filter(({ path }) => paths.includes(path));
  // the constants are read without running the file; a mistake below them shows only where it is loaded
  for (const script of edited) await scripts.directory.load(script);
  return edited.map(({ id }) => revisionInfo(scripts, id));
}
