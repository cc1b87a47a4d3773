import { SquashDataError } from '../errors/command.errors.js';
import { type Operation } from '../operations/operation.js';
import { resolveRevision } from '../revision/resolve.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { rangeFor } from '../revision/requested-range.js';
import { type SquashPlace, squashPlace } from '../revision/squash-range.js';
import { directoryTemplate } from '../script/directory-template.js';
import { type CommandContext, type Common } from './command-context.js';
import { newRevisionId } from './new-revision.js';
import { keepHeads } from './published-revisions.js';
import { recorder } from './recorded-revisions.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';
import { bodiesOf, type Draft, runHooks, writeScript } from './write-revisions.js';

/** What a squash is to replace. */
export interface SquashRange extends Common {
  /** `[start]:[end]` as symbols, both inclusive. Without a start, everything below the end; without an end, up to head. */
  range: string;
}

/** What a squash will be, as far as the scripts alone tell it. */
export interface SquashDraft {
  readonly place: SquashPlace;
  /** What has to be done to rows again, oldest first. */
  readonly data: readonly CarriedData[];
  /** Why it cannot be undone, where one of its revisions says so. */
  readonly irreversible: string | undefined;
}

/** The data steps of one revision. */
export interface CarriedData {
  readonly revision: string;
  readonly operations: readonly Operation[];
}

/**
 * Chooses what a squash replaces, and which of its data steps it has to repeat: those that are operations, of revisions
 * that are not `elidable`. Asks no database, and runs the `upgrade` of these revisions without one.
 *
 * SQL of `op.execute` counts as a data step, since it cannot be told apart from SQL that changes the schema. Where the
 * schema holds what it did already, the proof of the squash fails and names the difference.
 *
 * @throws SquashRangeError where the range has other ways in or out; SquashDataError where a revision asks the database.
 */
export async function squashDraft(
  context: CommandContext,
  scripts: RevisionScripts,
  { range: text }: SquashRange,
): Promise<SquashDraft> {
  const { graph } = scripts;
  const place = namingHeads(scripts, () => {
    const { start, end } = rangeFor(graph, text);
    const lower = start === undefined ? null : resolveRevision(graph, start);
    const upper = resolveRevision(graph, end ?? { kind: 'head', text: 'head' });
    return squashPlace(graph, lower, upper ?? '');
  });
  const record = recorder(context, scripts);
  const data: CarriedData[] = [];
  const refused: string[] = [];
  for (const id of place.revisions) {
    const script = graph.get(id);
    if (script.elidable) continue;
    const { operations, obstacle } = await record(script);
    if (obstacle !== null) refused.push(id);
    const own = operations.filter(isDataStep);
    if (own.length > 0) data.push({ revision: id, operations: own });
  }
  if (refused.length > 0) throw new SquashDataError(refused);
  const reasons = place.revisions.flatMap((id) => {
    const { irreversible } = graph.get(id);
    return irreversible === null ? [] : [`${id}: ${irreversible}`];
  });
  return { place, data, irreversible: reasons.length === 0 ? undefined : reasons.join('; ') };
}

/** What a squash does to the schema. */
export interface SquashedSchema {
  /** What each connection that shares the scripts does. Data steps are added behind the operations. */
  readonly operations: Draft['operations'];
}

/** How the file of a squash is named. */
export interface SquashFile extends Common {
  revId?: string;
  message?: string;
  versionPath?: string;
}

/**
 * Writes the file of a squash. Everything is checked before: that the graph with it is sound, and that the file loads.
 *
 * @throws SquashInvalidError | RevisionNotWrittenError
 */
export async function writeSquash(
  context: CommandContext,
  scripts: RevisionScripts,
  { place, data, irreversible }: SquashDraft,
  { operations, ...options }: SquashedSchema & SquashFile,
): Promise<RevisionInfo> {
  const { graph, directory } = scripts;
  const id = newRevisionId(context, options);
  const { revisions: _, ...placement } = place;
  RevisionGraph.of([...(await directory.read()), { id, ...placement }]);
  const { form } = await directoryTemplate(directory.path, context.fileSystem);
  const steps = data.flatMap(({ operations: own }) => own);
  const both = operations.map((each) => ({
    ...each,
    upgrade: [...each.upgrade, ...steps],
    downgrade: [...each.downgrade],
  }));
  const bodies = bodiesOf(context, { operations: both }, { operations: both }, form);
  const [first = ''] = place.replaces;
  const message = options.message ?? `squash ${first} to ${place.replaces.at(-1) ?? ''}`;
  const [followed = place.revisions[0]] = place.downRevision;
  const file = await writeScript(context, scripts, {
    directive: { revId: id, message, versionPath: options.versionPath },
    placement,
    bodies: { ...bodies, irreversible },
    follows: graph.script(followed)?.path,
  });
  await runHooks(context, scripts, options, file);
  const after = await readScripts(context, options);
  await keepHeads(context, after);
  return revisionInfo(after, id);
}

function isDataStep({ kind }: Operation): boolean {
  return kind === 'execute' || kind === 'bulkInsert';
}
