import { BundleIndex } from '../script/bundle-index.js';
import { type Common, type ScriptsContext } from './command-context.js';
import { readFiles, type RevisionScripts } from './revision-scripts.js';

/**
 * Options of `bundle`.
 *
 * @example
 * const { changed } = await migrations.bundle({ check: true });
 */
export interface BundleOptions extends Common {
  /** Whether the file is only compared with what it should be. Default: false, it is written. */
  check?: boolean;
}

/** What `bundle` did. */
export interface BundleResult {
  /** The file with the list of revisions. */
  readonly path: string;
  /** How many revisions are on the list. */
  readonly revisions: number;
  /** Whether the file was another one, or missing. With `check` it still is. */
  readonly changed: boolean;
}

/** Writes the list of revisions that a bundled application imports. Asks no database and runs no revision. */
export async function bundle(context: ScriptsContext, options: BundleOptions = {}): Promise<BundleResult> {
  const scripts = await readFiles(context, options);
  const { index, text } = await listed(scripts);
  const changed = (await index.read()) !== text;
  if (changed && options.check !== true) await index.write(text);
  return { path: index.path, revisions: scripts.graph.revisions.length, changed };
}

/** Renews the list, where there is one. */
export async function keepBundleIndex(scripts: RevisionScripts): Promise<void> {
  const { directory, graph } = scripts;
  const before = await (await BundleIndex.of(directory.path, directory.fs, graph.revisions)).read();
  if (before === undefined || !BundleIndex.isOwn(before)) return;
  const { index, text } = await listed(scripts);
  if (before !== text) await index.write(text);
}

async function listed({
  directory,
  graph,
}: RevisionScripts): Promise<{ readonly index: BundleIndex; readonly text: string }> {
  const { revisions } = graph;
  const index = await BundleIndex.of(directory.path, directory.fs, revisions);
  const entries = [];
  // one by one: a history may have more files than a process may have open
  for (const script of revisions) entries.push({ script, program: await directory.programDigest(script) });
  return { index, text: index.textFor(entries) };
}
