import { operationsContext } from './operations-context.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionScripts } from './revision-scripts.js';
import { type Recording, recordOperations } from '../runtime/recorded-operations.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';

/**
 * Why not everything is known that a revision does: it asks the database (`query`), works on rows with code
 * (`transaction`), fills rows in batches (`backfill`), fails without a database (`failure`), does not end (`endless`) or does not load (`load`).
 */
export type RecordingObstacle = 'query' | 'transaction' | 'backfill' | 'failure' | 'endless' | 'load';

/** What a function of a revision does, as far as that can be told without a database. */
export interface RecordedRevision extends Omit<Recording, 'obstacle'> {
  /** Why that is not all of it; `null` where it is. */
  readonly obstacle: RecordingObstacle | null;
}

/** Runs a function of a script without a database; by default its `upgrade`. */
export type Recorder = (script: RevisionScript, direction?: 'upgrade' | 'downgrade') => Promise<RecordedRevision>;

/**
 * Runs functions of scripts without a database, each of them once.
 *
 * @param offline What the revisions find in `op.offline`. Default: false.
 */
export function recorder(
  context: CommandContext,
  { directory }: Pick<RevisionScripts, 'directory'>,
  { offline = false }: { readonly offline?: boolean } = {},
): Recorder {
  const connections = context.all().map(({ connection }) => connection);
  const about = operationsContext(context, databaseOf(context).engine.name, { offline });
  const found = new Map<string, Promise<RecordedRevision>>();
  const record = async (script: RevisionScript, direction: 'upgrade' | 'downgrade'): Promise<RecordedRevision> => {
    try {
      const module = await directory.load(script);
      return await recordOperations(moduleFunction(module, direction, context.connection, connections), about);
    } catch {
      return { operations: [], batches: [], autocommitBlocks: [], obstacle: 'load' };
    }
  };
  return (script, direction = 'upgrade') => {
    const key = `${direction} ${script.id}`;
    const recording = found.get(key) ?? record(script, direction);
    found.set(key, recording);
    return recording;
  };
}
