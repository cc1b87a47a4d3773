import { type SqlSession } from '../engines/session/sql-session.js';
import { onOneConnection } from '../rehearsal/scratch-orm.js';
import { type CommandContext } from './command-context.js';
import { rehearse, type RehearseOptions } from './rehearse.js';

/** Does the work with a session of a scratch database that stands at the revisions of `at`. */
export async function onScratchSession<T>(
  context: CommandContext,
  options: Pick<RehearseOptions, 'apart' | 'at' | 'directory' | 'signal' | 'xArguments'>,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  return rehearse(context, options, ({ orm }) => onOneConnection(orm, work));
}
