import { reasonOf } from '../errors/runtime.errors.js';
import { ancestors } from '../revision/traversal.js';
import { askRows, isOfApplication } from './application-needed.js';
import { type CommandContext, emitter, type ScriptsContext } from './command-context.js';
import { type GraphContent, type GraphResult } from './graph-result.js';
import { type HistoryOptions, revisionsOfRange } from './history.js';
import { readPlanResult } from './plan-file.js';
import { type RevisionScripts, revisionInfo } from './revision-scripts.js';

/**
 * Options of `graph`.
 *
 * @example
 * const { revisions } = await migrations.graph({ plan: 'plan.json' });
 */
export interface GraphOptions extends HistoryOptions {
  /**
   * Whether the database is asked for its rows, which tells what is applied. Default: it is asked, and where it can't be
   * reached, that is a warning.
   */
  indicateCurrent?: boolean;
  /**
   * A file that `plan` has written, for what the revisions lock. A relative path is resolved against the working
   * directory. Default: none.
   */
  plan?: string;
}

/**
 * The revisions of a range with what each does, for a picture of the history. It runs their `upgrade` without a database;
 * where there are the files alone, it reads them and runs nothing.
 *
 * @throws PlanFileInvalidError where the plan can't be read.
 */
export async function graph(context: ScriptsContext, options: GraphOptions = {}): Promise<GraphResult> {
  const { plan: file, indicateCurrent = isOfApplication(context), ...common } = options;
  const plan = file === undefined ? null : await readPlanResult(context, file);
  const ask =
    options.indicateCurrent === true
      ? undefined
      : (): Promise<readonly string[] | undefined> => tryRows(context, common);
  const { scripts, ids, rows } = await revisionsOfRange(context, { ...common, indicateCurrent }, ask);
  const known = rows?.filter((row) => scripts.graph.has(row)) ?? [];
  const applied = ancestors(scripts.graph, known, 'all');
  const contentOf = await contents(context, scripts);
  const revisions: GraphResult['revisions'][number][] = [];
  // one by one: a revision may do more than call verbs
  for (const id of ids) {
    const isApplied = rows === null ? null : applied.has(id);
    revisions.push({ ...revisionInfo(scripts, id, rows), isApplied, content: await contentOf(id) });
  }
  return {
    connection: context.connection,
    rows,
    unknown: rows?.filter((row) => !known.includes(row)) ?? [],
    revisions,
    plan,
  };
}

async function tryRows(context: ScriptsContext, options: HistoryOptions): Promise<readonly string[] | undefined> {
  try {
    return await askRows(context, options);
  } catch (error) {
    const message = `What is applied is not known, since the database could not be asked: ${reasonOf(error)}`;
    emitter(context, options)({ type: 'warning', message });
    return undefined;
  }
}

/** What tells of each revision what it does. */
async function contents(
  context: ScriptsContext | CommandContext,
  { directory, graph }: RevisionScripts,
): Promise<(id: string) => Promise<GraphContent>> {
  if (isOfApplication(context)) {
    // the files alone need nothing of what this loads
    const { contentRecorder } = await import('./recorded-contents.js');
    const record = contentRecorder(context, directory);
    return (id) => record(graph.get(id));
  }
  const { revisionParts } = await import('../script/revision-statements.js');
  return async (id) => {
    const { path, source } = graph.get(id);
    const parts = await revisionParts(source.kind, await context.fileSystem.readText(path));
    const statements = parts?.statements.upgrade ?? null;
    return { kind: 'read', code: statements === null ? null : statements.map(({ code }) => code) };
  };
}
