import { recordedDigest } from '../runtime/operation-digest.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type OperationsOf } from './altered-revisions.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { operationsContext } from './operations-context.js';
import { type RevisionScripts } from './revision-scripts.js';

/** Runs the `upgrade` of scripts, each of them once, twice in a row and without a database. */
export function runningScripts(context: CommandContext, { directory }: RevisionScripts): OperationsOf {
  const found = new Map<string, Promise<string | null>>();
  const run = async (script: RevisionScript): Promise<string | null> => {
    try {
      const module = await directory.load(script);
      const connections = context.all().map(({ connection }) => connection);
      const about = operationsContext(context, databaseOf(context).engine.name, { offline: false });
      return await recordedDigest(moduleFunction(module, 'upgrade', context.connection, connections), about);
    } catch {
      return null;
    }
  };
  return (script) => {
    const digest = found.get(script.id) ?? run(script);
    found.set(script.id, digest);
    return digest;
  };
}
