import { type AlterationBatch } from '../autogenerate/schema-comparison.js';
import { type Operation } from '../operations/operation.js';
import {
  revisionParts,
  bodyStatements,
  type RevisionPart,
  type RevisionStatement,
} from '../script/revision-statements.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext } from './command-context.js';
import { type RecordedRevision, type Recorder } from './recorded-revisions.js';
import { renderBody } from './render-item.js';
import { isDataStep } from './squash-parts.js';

type Direction = 'upgrade' | 'downgrade';

/** Operations of a function that follow one another, in the order in which they run. */
export interface OperationRun {
  readonly operations: readonly Operation[];
  readonly isAutocommit: boolean;
  /** The statements that say nothing but these operations, as the tool writes them; empty where other code does. */
  readonly statements: readonly RevisionStatement[];
}

/** A revision, divided into what the tool would write of it and what was written by hand. */
export interface DividedRevision {
  readonly runs: Readonly<Record<Direction, readonly OperationRun[]>>;
  /** What was written by hand. */
  readonly byHand: readonly RevisionPart[];
}

/**
 * Divides a revision. What is derived is told by its text: a statement that the tool would write for the operation that it
 * records. Who edits such a statement has written it by hand, unless the tool would write the edited one as well.
 */
export async function divided(
  context: CommandContext,
  script: RevisionScript,
  text: string,
  record: Recorder,
): Promise<DividedRevision> {
  const parts = await revisionParts(script.source.kind, text);
  const recorded = {
    upgrade: await record(script, 'upgrade'),
    downgrade: script.irreversible === null ? await record(script, 'downgrade') : NOTHING,
  };
  const runs = {
    upgrade: await runsOf(context, recorded.upgrade, parts?.statements.upgrade ?? [], 'upgrade'),
    downgrade: await runsOf(context, recorded.downgrade, parts?.statements.downgrade ?? [], 'downgrade'),
  };
  if (parts === undefined) return { runs, byHand: [{ start: 0, end: text.length, line: 1, code: text }] };
  const derived = new Set([...runs.upgrade, ...runs.downgrade].flatMap(({ statements }) => statements));
  const [filler] = await bodyStatements('void op;');
  const all = [...(parts.statements.upgrade ?? []), ...(parts.statements.downgrade ?? [])];
  const byHand = all.filter((statement) => !derived.has(statement) && statement.form !== filler?.form);
  return { runs, byHand: [...byHand, ...parts.others] };
}

const NOTHING: RecordedRevision = { operations: [], batches: [], autocommitBlocks: [], obstacle: null };

/** What one statement of the tool says. */
interface Step {
  readonly operations: readonly Operation[];
  readonly batches: readonly AlterationBatch[];
  readonly isAutocommit: boolean;
}

async function runsOf(
  context: CommandContext,
  recorded: RecordedRevision,
  statements: readonly RevisionStatement[],
  direction: Direction,
): Promise<readonly OperationRun[]> {
  const runs: (OperationRun & { readonly operations: Operation[]; readonly statements: RevisionStatement[] })[] = [];
  let from = 0;
  for (const step of stepsOf(recorded)) {
    // no comparison of schemas finds these
    const isByHand = step.operations.some(isDataStep);
    const written = isByHand ? [] : await bodyStatements(textOf(context, step, direction));
    const forms = written.map(({ form }) => form);
    const at =
      forms.length === 0
        ? -1
        : statements.findIndex(
            (_, index) => index >= from && forms.every((form, offset) => statements[index + offset]?.form === form),
          );
    const own = at === -1 ? [] : statements.slice(at, at + forms.length);
    const last = runs.at(-1);
    const isBeside =
      own.length === 0 ? last?.statements.length === 0 : at === from && (last?.statements.length ?? 0) > 0;
    if (last !== undefined && isBeside && !step.isAutocommit && !last.isAutocommit) {
      last.operations.push(...step.operations);
      last.statements.push(...own);
    } else {
      const { operations, isAutocommit } = step;
      runs.push({ operations: [...operations], isAutocommit, statements: own });
    }
    if (at !== -1) from = at + forms.length;
  }
  return runs;
}

/** The text of a step, as the tool writes it. */
function textOf(context: CommandContext, { operations, batches, isAutocommit }: Step, direction: Direction): string {
  const about = { direction, connection: context.connection, batches };
  return rendered(context, operations, { ...about, isAutocommit });
}

/** Operations as the statements of a function. */
export function rendered(
  { options }: CommandContext,
  operations: readonly Operation[],
  {
    isAutocommit,
    ...about
  }: {
    readonly direction: Direction;
    readonly connection: string;
    readonly batches: readonly AlterationBatch[];
    readonly isAutocommit: boolean;
  },
): string {
  const online = isAutocommit ? { online: () => [{ operations, autocommit: true }] } : {};
  return renderBody(operations, { ...about, ...online }, options);
}

function stepsOf({ operations, batches, autocommitBlocks }: RecordedRevision): readonly Step[] {
  const known = batches as readonly AlterationBatch[];
  const of = new Map<Operation, Step>();
  for (const batch of known) {
    const step = { operations: batch.alterations, batches: [batch], isAutocommit: false };
    for (const operation of batch.alterations) of.set(operation, step);
  }
  for (const block of autocommitBlocks) {
    const step = { operations: block, batches: known, isAutocommit: true };
    for (const operation of block) of.set(operation, step);
  }
  const steps = operations.map(
    (operation) => of.get(operation) ?? { operations: [operation], batches: [], isAutocommit: false },
  );
  return [...new Set(steps)];
}
