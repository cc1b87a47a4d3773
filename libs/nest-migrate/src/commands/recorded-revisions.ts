import { operationsContext } from './operations-context.js';
import { type CommandContext, databaseOf } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';
import { recordOperations } from '../runtime/recorded-operations.js';
import { type Operation } from '../operations/operation.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';

/**
 * Why not everything is known that a revision does: it asks the database (`query`), works on rows with code
 * (`transaction`), fills rows in batches (`backfill`), fails without a database (`failure`), does not end (`endless`) or does not load (`load`).
 */
export type RecordingObstacle = 'query' | 'transaction' | 'backfill' | 'failure' | 'endless' | 'load';

/** What the `upgrade` of a revision does, as far as that can be told without a database. */
export interface RecordedRevision {
  readonly operations: readonly Operation[];
  /** Why that is not all of it; `null` where it is. */
  readonly obstacle: RecordingObstacle | null;
}

/** Runs the `upgrade` of scripts without a database, each of them once. */
export function recorder(
  context: CommandContext,
  { directory }: RevisionScripts,
): (script: RevisionScript) => Promise<RecordedRevision> {
  const connections = context.all().map(({ connection }) => connection);
  const about = operationsContext(context, databaseOf(context).engine.name, { offline: false });
  const found = new Map<string, Promise<RecordedRevision>>();
  const record = async (script: RevisionScript): Promise<RecordedRevision> => {
    try {
      const module = await directory.load(script);
      return await recordOperations(moduleFunction(module, 'upgrade', context.connection, connections), about);
    } catch {
      return { operations: [], obstacle: 'load' };
    }
  };
  return (script) => {
    const recording = found.get(script.id) ?? record(script);
    found.set(script.id, recording);
    return recording;
  };
}
