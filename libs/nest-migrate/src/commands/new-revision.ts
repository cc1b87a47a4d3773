import { type CommandContext, type Common } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';
import { writeRevision } from '../script/revision-writer.js';
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
  /** The folder to write to, where there are several version locations. */
  versionPath?: string;
}

/** The place of a new revision in the graph, checked. */
export interface Placement {
  readonly downRevision: readonly string[];
  readonly dependsOn: readonly string[];
  readonly branchLabels: readonly string[];
}

/** The body of a new revision's functions, as lines of TypeScript. */
export interface Bodies {
  readonly upgrade: string;
  readonly downgrade: string;
}

/** Writes a script whose place has been checked already. Answers its absolute path. */
export async function writeScript(
  context: CommandContext,
  { directory }: RevisionScripts,
  options: NewRevision,
  revision: string,
  placement: Placement,
  bodies: Bodies,
): Promise<string> {
  const { fileTemplate, truncateSlugLength, timezone } = context.options;
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
    upgrade: bodies.upgrade,
    downgrade: bodies.downgrade,
    versionPath: options.versionPath === undefined ? undefined : folder(options.versionPath, context.options.base),
  });
}
