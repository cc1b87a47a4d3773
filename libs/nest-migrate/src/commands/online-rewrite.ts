import { type OnlineStep, type OnlineWriter } from '../engines/online/online.js';
import { objectChanges, type TableAlteration } from '../operations/all.js';
import { type AnyOperation } from '../operations/registered-operations.js';
import { type RecordedCall } from '../runtime/recorded-operations.js';
import { type FunctionBody, type FunctionStatement } from '../script/function-statements.js';
import { type BodyPart, bodyEdits, lineAt, type TextEdit } from '../script/rewritten-body.js';

/** What is to become of a function of a revision. */
export type OnlineRewrite =
  /** It has its online form already, or there is none. */
  | { readonly outcome: 'same' }
  | { readonly outcome: 'edited'; readonly edits: readonly TextEdit[] }
  /** It has another form, and more than calls of verbs. */
  | { readonly outcome: 'left'; readonly line: number; readonly why: string; readonly instead: string };

/** A function of a revision: its text, and what it does. */
export interface FunctionToRewrite {
  readonly text: string;
  readonly body: FunctionBody;
  readonly calls: readonly RecordedCall[];
}

/**
 * Writes a function so that requests go on while it runs. A statement whose operations have no other form stays to the
 * letter, and so do blocks and backfills: they are such a form. A function is written again where all of it is calls of
 * verbs, whose values stand in them.
 */
export function onlineRewrite(
  { text, body, calls }: FunctionToRewrite,
  online: OnlineWriter,
  render: (steps: readonly OnlineStep[]) => string,
): OnlineRewrite {
  const statements = body.statements.filter(({ form }) => form !== 'nothing');
  const obstacle = obstacleIn(statements, calls);
  const seen: AnyOperation[] = [];
  const parts: BodyPart[] = [];
  const changed: string[] = [];
  for (const segment of segmentsOf(calls)) {
    const before = seen.filter(declaresTable);
    const items = segment.isFixed
      ? segment.indexes.map((kept) => ({ kept }))
      : formOf(segment.indexes, calls, before, online);
    for (const item of items) {
      if ('kept' in item) parts.push({ kept: body.statements.indexOf(statements[item.kept]) });
      else {
        const code = render(item.steps);
        parts.push({ code });
        changed.push(code);
      }
    }
    for (const index of segment.indexes) seen.push(...(calls[index]?.operations ?? []));
  }
  if (changed.length === 0) return { outcome: 'same' };
  if (obstacle !== undefined) {
    const { at, why } = obstacle;
    const line = lineAt(text, at ?? body.start);
    return { outcome: 'left', line, why, instead: changed.join('') };
  }
  return { outcome: 'edited', edits: bodyEdits(text, body, withNothing(body, parts)) };
}

/** Whether the writer knows tables by an operation. */
function declaresTable(operation: AnyOperation): boolean {
  return objectChanges(operation).some(
    ({ does, object }) => (object === 'table' || object === 'partition') && (does === 'creates' || does === 'renames'),
  );
}

/** The first thing in a function that is no call of a verb with values; `undefined` where there is none. */
function obstacleIn(
  statements: readonly FunctionStatement[],
  calls: readonly RecordedCall[],
): { readonly at?: number; readonly why: string } | undefined {
  for (const [index, { start, form, verb }] of statements.entries()) {
    const recorded = calls[index]?.form;
    if (recorded === 'block' || recorded === 'backfill') {
      if (verb === null) return { at: start, why: 'stands in code that is not a call of a verb' };
      continue;
    }
    if (verb === 'query' || verb === 'transaction') return { at: start, why: `op.${verb} works with rows` };
    if (form === 'code') {
      const why = verb === null ? 'is more than a call of a verb' : `op.${verb} gets values that the code computes`;
      return { at: start, why };
    }
  }
  if (statements.length === calls.length) return undefined;
  return { at: statements[0]?.start, why: 'calls operations of the application, or verbs by other means' };
}

/** Calls that are written together, by their indexes; those that stay stand alone. */
function segmentsOf(
  calls: readonly RecordedCall[],
): readonly { readonly isFixed: boolean; readonly indexes: number[] }[] {
  const segments: { isFixed: boolean; indexes: number[] }[] = [];
  for (const [index, { form }] of calls.entries()) {
    const isFixed = form === 'block' || form === 'backfill' || form === 'data';
    const last = segments.at(-1);
    if (last !== undefined && !isFixed && !last.isFixed) last.indexes.push(index);
    else segments.push({ isFixed, indexes: [index] });
  }
  return segments;
}

type Item = { readonly kept: number } | { readonly steps: readonly OnlineStep[] };

/** The online form of some calls: which of them stay, and what stands between those. */
function formOf(
  indexes: readonly number[],
  calls: readonly RecordedCall[],
  before: readonly AnyOperation[],
  online: OnlineWriter,
): readonly Item[] {
  const own = indexes.flatMap((index) => calls[index]?.operations ?? []);
  const flat = online([...before, ...own]).flatMap((step): readonly FlatStep[] =>
    'backfill' in step
      ? [{ step }]
      : step.operations.map((operation) => ({
          operation,
          autocommit: step.autocommit,
          batch: step.batches?.find((batch) => (batch as readonly AnyOperation[]).includes(operation)),
        })),
  );
  const wanted = flat.filter((one) => !('operation' in one) || !before.includes(one.operation));
  const items: Item[] = [];
  let next = 0;
  let waiting: FlatStep[] = [];
  for (let at = 0; at < wanted.length;) {
    const found = indexes.slice(next).find((index) => stands(calls[index]?.operations ?? [], wanted, at));
    const length = found === undefined ? 0 : (calls[found]?.operations.length ?? 0);
    if (found === undefined || length === 0) {
      waiting.push(wanted[at]);
      at += 1;
      continue;
    }
    if (waiting.length > 0) items.push({ steps: joined(waiting) });
    waiting = [];
    items.push({ kept: found });
    next = indexes.indexOf(found) + 1;
    at += length;
  }
  if (waiting.length > 0) items.push({ steps: joined(waiting) });
  return items;
}

/** An operation of a step, or a backfill. */
type FlatStep = FlatOperation | { readonly step: Extract<OnlineStep, { readonly backfill: unknown }> };

interface FlatOperation {
  readonly operation: AnyOperation;
  readonly autocommit: boolean;
  /** The batch that it is part of, where that is new. */
  readonly batch: readonly TableAlteration[] | undefined;
}

/** Whether the operations stand in a form at a place, as they are. */
function stands(operations: readonly AnyOperation[], form: readonly FlatStep[], at: number): boolean {
  return (
    operations.length > 0 &&
    operations.every((operation, index) => {
      const there = form[at + index];
      return (
        there !== undefined &&
        'operation' in there &&
        !there.autocommit &&
        withoutWarning(there.operation) === withoutWarning(operation)
      );
    })
  );
}

function withoutWarning({ warning: _, ...operation }: AnyOperation): string {
  return JSON.stringify(Object.entries(operation).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function joined(flat: readonly FlatStep[]): readonly OnlineStep[] {
  const steps: (
    | Extract<OnlineStep, { readonly backfill: unknown }>
    | { operations: AnyOperation[]; autocommit: boolean; batches: NonNullable<FlatOperation['batch']>[] }
  )[] = [];
  for (const one of flat) {
    if ('step' in one) {
      steps.push(one.step);
      continue;
    }
    const { operation, autocommit, batch } = one;
    const last = steps.at(-1);
    const isSame = last !== undefined && 'operations' in last && last.autocommit === autocommit;
    const step = isSame ? last : { operations: [], autocommit, batches: [] };
    if (!isSame) steps.push(step);
    step.operations.push(operation);
    if (batch !== undefined && !step.batches.includes(batch)) step.batches.push(batch);
  }
  return steps;
}

/** With the statements that do nothing, each behind the one before it. */
function withNothing({ statements }: FunctionBody, parts: readonly BodyPart[]): readonly BodyPart[] {
  const all = [...parts];
  for (const [index, { form }] of statements.entries()) {
    if (form !== 'nothing') continue;
    const later = all.findIndex((part) => 'kept' in part && part.kept > index);
    all.splice(later === -1 ? all.length : later, 0, { kept: index });
  }
  return all;
}
