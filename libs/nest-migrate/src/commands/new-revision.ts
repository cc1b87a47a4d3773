import { type CommandContext, type Common } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { directoryTemplate } from '../script/directory-template.js';
import { isByConnection } from '../script/render-revision.js';
import { type RevisionContent, writeRevision } from '../script/revision-writer.js';
import { folder } from './resolve-options.js';

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
}

/** The place of a new revision in the graph, checked. */
export interface Placement {
  readonly downRevision: readonly string[];
  readonly dependsOn: readonly string[];
  readonly branchLabels: readonly string[];
}

/**
 * The bodies of a new revision's functions, in code that is TypeScript as well as JavaScript: one for all connections, or
 * one for each by the connection's name.
 */
export type Bodies = Pick<RevisionContent, 'upgrade' | 'downgrade'>;

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

/** Writes a script whose place has been checked already. Answers its absolute path. */
export async function writeScript(
  context: CommandContext,
  { directory, graph }: RevisionScripts,
  options: NewRevision,
  revision: string,
  placement: Placement,
  bodies: Bodies,
): Promise<string> {
  const { fileTemplate, truncateSlugLength, timezone } = context.options;
  const [followed] = placement.downRevision;
  const { form } = await directoryTemplate(directory.path, context.fileSystem);
  return writeRevision({
    directory,
    fs: context.fileSystem,
    fileTemplate,
    truncateSlugLength,
    timezone,
    now: new Date(),
    revision,
    ...placement,
    message: options.message ?? '',
    ...(form === 'byConnection' ? byConnection(context.connection, bodies) : bodies),
    follows: followed === undefined ? undefined : graph.get(followed).path,
    versionPath: options.versionPath === undefined ? undefined : folder(options.versionPath, context.options.base),
  });
}

/** What one connection needs, in a directory that several share. */
function byConnection(connection: string, { upgrade, downgrade }: Bodies): Bodies {
  return {
    upgrade: isByConnection(upgrade) ? upgrade : { [connection]: upgrade },
    downgrade: isByConnection(downgrade) ? downgrade : { [connection]: downgrade },
  };
}
