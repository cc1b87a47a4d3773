import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type FilesContext, type Common } from './command-context.js';

/**
 * Options of the commands that write a revision.
 *
 * @example
 * await migrations.revision({ message: 'reporting', head: 'base', branchLabels: 'reporting' });
 */
export interface NewRevision extends Common {
  /** What the revision does, for a reader. Default: empty; for `merge`, which revisions it joins. */
  message?: string;
  /** The revision that it follows, as symbols; several make a merge. Default `'head'`. */
  head?: string | readonly string[];
  /** Whether `head` may have followers already, so that a new branch begins. Default: false. */
  splice?: boolean;
  /** Labels for the branch that the revision belongs to. No label and no id may have such a name yet. Default: none. */
  branchLabels?: string | readonly string[];
  /** Revisions that have to be applied before it without being followed, as ids or labels. Default: none. */
  dependsOn?: string | readonly string[];
  /** The id of the revision. Default: what the option `revisionId` returns. */
  revId?: string;
  /**
   * The folder to write to: a version location or a folder in one, resolved as `directory` is; created where it does
   * not exist yet. Default: the version location of the revision that it follows. A new base needs it where there are
   * several.
   */
  versionPath?: string;
  /**
   * The names of the connections that it is for, where several share the script directory. Default: this service's own.
   */
  connections?: readonly string[];
}

/**
 * The id for a new revision: the one that was asked for, or what the option `revisionId` returns.
 *
 * @throws InvalidOptionError where that function returns no string. Whether the string can be an id is checked later,
 * with its place in the graph.
 */
export function newRevisionId({ options }: FilesContext, { revId }: NewRevision): string {
  if (revId !== undefined) return revId;
  const id: unknown = options.revisionId();
  if (typeof id === 'string' && id !== '') return id;
  const returned = id instanceof Promise ? 'a promise' : id === '' ? 'an empty string' : String(id);
  throw new InvalidOptionError('revisionId', `returned ${returned}`, 'It has to return an id, a string, at once.');
}
