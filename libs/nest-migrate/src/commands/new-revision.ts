import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type CommandContext, type Common } from './command-context.js';

/** Options of the commands that write a revision. */
export interface NewRevision extends Common {
  /** What the revision does, in a person's words. Default: empty. */
  message?: string;
  /** The revision that it follows, as symbols; several make a merge. Default `'head'`. */
  head?: string | readonly string[];
  /** Allows `head` to be a revision that others follow already: a new branch. */
  splice?: boolean;
  branchLabels?: string | readonly string[];
  /** Revisions that must be applied first without being followed, as ids or labels. */
  dependsOn?: string | readonly string[];
  /** The id, instead of a random one. */
  revId?: string;
  /**
   * The folder to write to: a version location or a folder in one, resolved as `directory` is; created where it is not
   * there yet. Default: the version location of the revision that it follows. A new base needs it where there are several.
   */
  versionPath?: string;
  /**
   * The names of the connections that it is for, where several share the script directory. Default: this service's own.
   */
  connections?: readonly string[];
}

/**
 * The id for a new revision: the one that was asked for, or one of the option `revisionId`.
 *
 * @throws InvalidOptionError where that function answers no string; whether it can be an id, its place in the graph tells.
 */
export function newRevisionId({ options }: CommandContext, { revId }: NewRevision): string {
  if (revId !== undefined) return revId;
  const id: unknown = options.revisionId();
  if (typeof id === 'string' && id !== '') return id;
  const answered = id instanceof Promise ? 'a promise' : id === '' ? 'an empty string' : String(id);
  throw new InvalidOptionError('revisionId', `answered ${answered}`, 'It has to return an id, a string, at once.');
}
