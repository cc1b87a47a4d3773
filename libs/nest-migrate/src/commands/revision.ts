import { type CommandContext } from './command-context.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { type RevisionInfo } from './results.js';
import { readFiles } from './revision-scripts.js';
import { chosen } from './shared-directory.js';
import { writeRevisions } from './write-revisions.js';

/** The files that a command wrote; empty where there was nothing to write. */
export interface Created {
  /** The revisions as they were written, one for each file, in order. */
  readonly created: readonly RevisionInfo[];
}

/** Writes a revision with empty functions. Asks no database. */
export async function revision(context: CommandContext, options: NewRevision = {}): Promise<Created> {
  const scripts = await readFiles(context, options);
  const { created } = await writeRevisions(context, scripts, options, {
    command: 'revision',
    autogenerate: false,
    revId: newRevisionId(context, options),
    message: options.message ?? '',
    head: options.head ?? 'head',
    operations: chosen(context, options.connections).map(({ connection }) => ({
      connection,
      upgrade: [],
      downgrade: [],
    })),
  });
  return { created };
}
