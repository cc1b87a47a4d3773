import { type PlannedStep } from '../revision/planned-step.js';
import { ancestors } from '../revision/traversal.js';
import { type ExecutableStep } from '../runtime/executable-step.js';
import { type HistoryEntry } from '../runtime/ports.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';
import { recordedParents } from './altered-revisions.js';
import { type CommandContext } from './command-context.js';
import { type RevisionScripts } from './revision-scripts.js';
import { type RevisionServices } from './revision-services.js';
import { type PlanOfScripts } from './run.js';

/** How many revisions are loaded before the first one runs. Few databases have more before them, but new ones. */
const LOADED_FIRST = 100;

type Services = Pick<RevisionServices, 'get'>;

/** The steps with the functions that they run. All functions are loaded before the first one runs. */
export async function loadSteps(
  context: CommandContext,
  { scripts, steps }: PlanOfScripts,
  services: Services,
  before: readonly string[],
): Promise<readonly ExecutableStep[]> {
  const executable: ExecutableStep[] = [];
  for (const [index, step] of steps.entries()) {
    const entries = await historyEntries(scripts, step, steps[index - 1]?.rows ?? before);
    executable.push({ ...(await withBody(context, scripts, services, step)), entries });
  }
  return executable;
}

/**
 * Loads the steps of a run. Of a long upgrade, the functions of the later revisions are loaded while the database works;
 * and so is what the history tells of each.
 */
export class StepLoader {
  readonly #later = new Map<ExecutableStep, () => Promise<ExecutableStep>>();

  constructor(
    private readonly context: CommandContext,
    private readonly services: Services,
  ) {}

  /** The steps of a plan, which are to be given to {@link loaded} before they run. */
  async steps(plan: PlanOfScripts, before: readonly string[]): Promise<readonly ExecutableStep[]> {
    const { scripts, steps } = plan;
    const executable: ExecutableStep[] = [];
    for (const [index, step] of steps.entries()) {
      const rows = steps[index - 1]?.rows ?? before;
      const isLater = index >= LOADED_FIRST && step.direction === 'upgrade';
      const loading = async (): Promise<ExecutableStep> => withBody(this.context, scripts, this.services, step);
      const known = isLater ? withoutBody(scripts, step) : await loading();
      executable.push(known);
      this.#later.set(
        known,
        once(async () => ({
          ...(isLater ? await loading() : known),
          entries: await historyEntries(scripts, step, rows),
        })),
      );
    }
    return executable;
  }

  /** A step of {@link steps} with all that it needs. */
  loaded(step: ExecutableStep): Promise<ExecutableStep> {
    return this.#later.get(step)?.() ?? Promise.resolve(step);
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

async function withBody(
  context: CommandContext,
  scripts: RevisionScripts,
  services: Services,
  step: PlannedStep,
): Promise<ExecutableStep> {
  const known = withoutBody(scripts, step);
  const script = scriptOf(scripts, step);
  if (script === undefined || step.direction === 'stamp') return known;
  const connections = context.all().map(({ connection }) => connection);
  const module = await scripts.directory.load(script);
  const run = moduleFunction(module, step.direction, context.connection, connections);
  return {
    ...known,
    body: {
      run,
      isPlain: await scripts.directory.isPlain(script, run),
      service: (name) => services.get(script, name),
    },
  };
}

function withoutBody(scripts: RevisionScripts, step: PlannedStep): ExecutableStep {
  return { ...step, message: scriptOf(scripts, step)?.message ?? '', entries: [] };
}

/** The script that a step runs; a stamp runs none. */
export function scriptOf({ graph }: RevisionScripts, { direction, revision }: PlannedStep): RevisionScript | undefined {
  return direction === 'stamp' || revision === null ? undefined : graph.get(revision);
}

/**
 * The lines of a step in the history: for a stamp, one for each revision that counts as applied from now on. Where the
 * row of a revision is that of a squash, the squash has a line as well.
 */
async function historyEntries(
  { graph, directory }: RevisionScripts,
  { direction, revision, rows, isRelabelling = false }: PlannedStep,
  before: readonly string[],
): Promise<readonly HistoryEntry[]> {
  const entry = async (id: string): Promise<HistoryEntry> => {
    const head = { revision: id, parents: recordedParents(graph, id) };
    const script = graph.script(id);
    if (direction === 'downgrade' || script === undefined) return head;
    return { ...head, source: { ...script.source, program: await directory.programDigest(script) } };
  };
  const entriesOf = async (id: string): Promise<readonly HistoryEntry[]> => {
    const own = await entry(id);
    const stored = graph.storedAs(id);
    return stored === id ? [own] : [own, await entry(stored)];
  };
  if (isRelabelling) return [await entry(revision ?? '')];
  if (direction !== 'stamp') return revision === null ? [] : entriesOf(revision);
  const appliedIn = (some: readonly string[]): ReadonlySet<string> =>
    ancestors(
      graph,
      graph.namesHere(some).filter((id) => graph.has(id)),
      'all',
    );
  const applied = appliedIn(before);
  const marked = [...appliedIn(rows)].filter((id) => !applied.has(id));
  if (marked.length > 0) {
    const entries: HistoryEntry[] = [];
    // one by one: a history may have more files than a process may have open
    for (const id of graph.oldestFirst) if (marked.includes(id)) entries.push(...(await entriesOf(id)));
    return entries;
  }
  return revision === null ? [{ revision, parents: [] }] : entriesOf(revision);
}
