import { type Ddl } from '../engines/ddl/ddl.js';
import { describeOperation } from '../operations/all.js';
import { type ExistingTable, type Operation } from '../operations/operation.js';
import { type ScriptDirectory } from '../script/script-directory.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type GraphContent, type GraphOperation } from './graph-result.js';
import { recorder } from './recorded-revisions.js';

/** Runs the `upgrade` of scripts without a database, and tells what it does in words and in the engine's SQL. */
export function contentRecorder(
  context: CommandContext,
  directory: ScriptDirectory,
): (script: RevisionScript) => Promise<GraphContent> {
  const { ddl } = databaseOf(context).engine;
  const record = recorder(context, { directory }, { offline: true });
  return async (script) => {
    const { operations, batches, obstacle } = await record(script);
    const told: GraphOperation[] = [];
    for (let index = 0; index < operations.length;) {
      const operation = operations[index];
      const batch = batches.find(({ alterations }) => alterations[0] === operation);
      const together = batch?.alterations ?? [operation];
      const words = together.flatMap((each) => describeOperation(each));
      told.push({ words, sql: sqlOf(() => statements(ddl, together, batch)) });
      index += together.length;
    }
    return { kind: 'recorded', operations: told, obstacle };
  };
}

function statements(
  ddl: Ddl,
  operations: readonly Operation[],
  batch: { readonly existing: ExistingTable | undefined } | undefined,
): readonly string[] {
  const { together } = ddl;
  const made =
    batch === undefined
      ? operations.flatMap((operation) => ddl.statements(operation))
      : together !== undefined
        ? together.groups(operations).flatMap((group) => together.statements(group))
        : (ddl.statementsFrom?.(batch.existing, operations) ??
          operations.flatMap((operation) => ddl.statements(operation)));
  return made.map(({ sql }) => sql);
}

/** The statements; `null` where the engine's words for an operation depend on what the database has. */
function sqlOf(write: () => readonly string[]): readonly string[] | null {
  try {
    return write();
  } catch {
    return null;
  }
}
