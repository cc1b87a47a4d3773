import { RevisionsBundledError } from '../errors/script.errors.js';
import { keepBundleIndex } from './bundle.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { ancestors, descendants } from '../revision/traversal.js';
import { BaseUnknownError } from '../errors/command.errors.js';
import { GitRepository } from '../script/git-repository.js';
import { HeadsFile } from '../script/heads-file.js';
import { type RevisionScript } from '../script/revision-script.js';
import { isRevisionFileName } from '../script/version-locations.js';
import { type FilesContext } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';

/**
 * What is wrong with a revision, compared with what is published:
 *
 * - `edited`: it is published, and its program is another one here;
 * - `deleted`: it is published, and no script has it here, and no squash replaces it;
 * - `below`: it is new, and follows a revision that others follow in what is published, without a merge of the two;
 * - `heads`: the file HEADS does not name the heads of the history.
 */
export type PublishedProblem = 'edited' | 'deleted' | 'below' | 'heads';

/** A revision that does not fit to what is published. */
export interface PublishedFinding {
  /** The id of the revision; `null` where the file HEADS is meant. */
  readonly revision: string | null;
  /** What is wrong. */
  readonly problem: PublishedProblem;
  /** The file, absolute. */
  readonly path: string;
  /** The revisions that it is about: for `below` what it follows, for `heads` the heads; else empty. */
  readonly others: readonly string[];
}

/** The revisions of a commit. */
export interface PublishedRevisions {
  /** The commit, in full. */
  readonly commit: string;
  /** By id; those that no version of the script directory in the commit has are missing. */
  readonly scripts: ReadonlyMap<string, RevisionScript>;
  /** The text of the scripts that differ here, by id. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is published, as git has it. */
export interface Published {
  /** What the base is called. */
  readonly ref: string;
  /** What the base has now. */
  readonly tip: PublishedRevisions;
  /** What the base had when this branch left it. */
  readonly fork: PublishedRevisions;
}

/**
 * Reads what is published: the scripts of a commit, and those of the last one that it shares with this branch. Only
 * files that differ are read from git.
 *
 * @param base Any name that git takes for a commit. Default: the remote's default branch.
 * @throws GitFailedError | BaseUnknownError | RevisionsBundledError
 */
export async function published(
  { directory }: RevisionScripts,
  { base, signal }: { readonly base?: string; readonly signal?: AbortSignal },
): Promise<Published> {
  if (directory.isBundled) throw new RevisionsBundledError(directory.path);
  const git = await GitRepository.around(await directory.fs.realPath(directory.path), signal);
  const ref = base ?? (await git.defaultBranch());
  if (ref === undefined) throw new BaseUnknownError();
  const tip = await git.commit(ref);
  const fork = await git.mergeBase(tip, 'HEAD');
  const now = await revisionsOf(git, directory, tip);
  return { ref, tip: now, fork: fork === tip ? now : await revisionsOf(git, directory, fork) };
}

async function revisionsOf(
  git: GitRepository,
  directory: RevisionScripts['directory'],
  commit: string,
): Promise<PublishedRevisions> {
  const folders = await Promise.all(directory.versionLocations.map((folder) => directory.fs.realPath(folder)));
  const changed = new Set((await git.changes(commit, folders)).map(({ path }) => path));
  const scripts = new Map<string, RevisionScript>();
  const texts = new Map<string, string>();
  for (const path of await git.files(commit, folders)) {
    if (!isRevisionFileName(path.slice(path.lastIndexOf('/') + 1))) continue;
    const text = changed.has(path) ? await git.text(commit, path) : await directory.fs.readText(path);
    const script = await directory.scriptOf(path, text);
    // what only running the file would tell is not run from another commit
    if (script === undefined) continue;
    scripts.set(script.id, script);
    texts.set(script.id, text);
  }
  return { commit, scripts, texts };
}

/** What does not fit to what is published: edits, deletions, and new revisions below its heads. */
export async function publishedFindings(
  scripts: RevisionScripts,
  { tip, fork }: Published,
): Promise<readonly PublishedFinding[]> {
  const { graph, directory } = scripts;
  const found: PublishedFinding[] = [];
  for (const [id, before] of fork.scripts) {
    const there = tip.scripts.get(id);
    // the base itself has given it up
    if (there === undefined) continue;
    const here = graph.script(id);
    if (here === undefined) {
      if (graph.replacedBy(id) === undefined)
        found.push({ revision: id, problem: 'deleted', path: there.path, others: [] });
      continue;
    }
    const isSame = here.source.digest === there.source.digest || here.source.digest === before.source.digest;
    if (
      !isSame &&
      !(await hasProgramOf(directory, here, [
        [before, fork],
        [there, tip],
      ]))
    )
      found.push({ revision: id, problem: 'edited', path: here.path, others: [] });
  }
  const isPublished = (id: string): boolean => tip.scripts.has(id) || fork.scripts.has(id);
  const base = RevisionGraph.of(fork.scripts.values());
  for (const id of graph.oldestFirst) {
    const script = graph.get(id);
    if (isPublished(id) || script.replaces.length > 0) continue;
    const below = script.downRevision.filter((down) => base.has(down) && !base.isHead(down));
    if (below.length === 0 || isJoined(graph, id, descendants(base, below, 'down revisions'))) continue;
    found.push({ revision: id, problem: 'below', path: script.path, others: below });
  }
  return found;
}

/** Whether a revision and what it left aside are joined again, by merges that stand on both. */
function isJoined(graph: RevisionScripts['graph'], id: string, leftAside: ReadonlySet<string>): boolean {
  const above = descendants(graph, [id], 'down revisions');
  return graph.heads
    .filter((head) => above.has(head))
    .every((head) => {
      const below = ancestors(graph, [head], 'all');
      return graph.namesHere([...leftAside]).every((one) => !graph.has(one) || below.has(one));
    });
}

/** Whether a script has the program of one of its published versions. */
async function hasProgramOf(
  directory: RevisionScripts['directory'],
  here: RevisionScript,
  versions: readonly (readonly [RevisionScript, PublishedRevisions])[],
): Promise<boolean> {
  const program = await directory.programDigest(here);
  if (program === null) return false;
  for (const [{ id, source }, { texts }] of versions) {
    if ((await directory.programOf(source.kind, texts.get(id) ?? '')) === program) return true;
  }
  return false;
}

/** The file HEADS, where it does not name the heads of the history. */
export async function headsFinding({ graph, directory }: RevisionScripts): Promise<PublishedFinding | undefined> {
  const file = new HeadsFile(directory.path, directory.fs);
  const named = await file.read();
  if (named === undefined || JSON.stringify(named.toSorted()) === JSON.stringify(graph.heads.toSorted()))
    return undefined;
  return { revision: null, problem: 'heads', path: file.path, others: graph.heads.toSorted() };
}

/** Keeps what names the revisions beside them: the file HEADS, where there is one or the options ask for it, and the list for bundles. */
export async function keepHeads({ options }: FilesContext, scripts: RevisionScripts): Promise<void> {
  const { graph, directory } = scripts;
  const file = new HeadsFile(directory.path, directory.fs);
  if (options.headsFile || (await file.read()) !== undefined) await file.write(graph.heads);
  await keepBundleIndex(scripts);
}

/** What is wrong, in a sentence. */
export function describePublished({ revision, problem, path, others }: PublishedFinding): string {
  const names = others.join(', ');
  switch (problem) {
    case 'edited':
      return `Revision ${revision ?? ''} is published, and was edited: ${path}.`;
    case 'deleted':
      return `Revision ${revision ?? ''} is published, and was deleted: ${path}.`;
    case 'below':
      return `Revision ${revision ?? ''} is new, and follows ${names}, which others follow already: ${path}.`;
    case 'heads':
      return `${path} does not name the heads, which are ${names === '' ? 'none' : names}.`;
  }
}
