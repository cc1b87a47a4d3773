import { withoutTables } from '../autogenerate/alteration-batches.js';
import { compareSchema, type SchemaComparison } from '../autogenerate/compare-schema.js';
import { type AlterationBatch, type RenameCandidate } from '../autogenerate/schema-comparison.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import { objectChanges } from '../operations/all.js';
import { isRenaming, type Renaming, underNewName } from '../operations/new-names.js';
import { type Operation } from '../operations/operation.js';
import { placeOf } from '../operations/same-place.js';
import { touchedTables } from '../operations/touched-tables.js';
import { type SchemaModel } from '../schema/schema-model.js';
import { bodyStatements, type RevisionStatement } from '../script/revision-statements.js';
import { indent } from '../script/revision-template.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead } from './compare-at-head.js';
import { type DividedRevision, type OperationRun, rendered } from './derived-statements.js';
import { type RevisionScripts } from './revision-scripts.js';
import { comparedWithout, reasonOf, runBeside, schemaOf } from './verified-revision.js';

/** What is needed to write a revision again. */
export interface Regenerating {
  readonly context: CommandContext;
  /** The scripts up to what the revision stands on, without it. */
  readonly scripts: RevisionScripts;
  readonly common: Pick<Common, 'signal' | 'xArguments'>;
  readonly text: string;
  readonly revision: DividedRevision;
  /** What the base does that was not there when it was written, in its order. */
  readonly base: readonly Operation[];
  /** Whether it is the only head, at which the entities are what it leads to. */
  readonly isHead: boolean;
  /** Runs work on a scratch database that stands where the revision starts now. */
  readonly rehearse: <T>(work: (scratch: CommandContext) => Promise<T>) => Promise<T>;
}

/** Why a revision can't be written again. */
export interface Obstacle {
  /** The line of the statement that is in the way. */
  readonly line: number | null;
  readonly reason: string;
}

/** What a run becomes: the operations of both directions. */
type Difference = Pick<SchemaComparison, 'upgrade' | 'downgrade' | 'batches'>;

/**
 * Writes what is derived in a revision again, for the schema that it starts from now. The names that the base gives to
 * tables and columns are taken over; what the base has done already is left out; what is told of the schema before a
 * change, such as the column that is altered or the table that is rebuilt, is read from the database. Where all of the only
 * head is derived, it is what the entities still need. A statement that stays the same keeps its text.
 */
export async function regenerated(about: Regenerating): Promise<string | Obstacle> {
  const { revision, text } = about;
  const runs = revision.runs.upgrade.map((run) => ({ ...run, operations: underNewNames(run, about.base) }));
  const whole = await ofEntities(about, runs);
  const differences = whole === undefined ? await ofRuns(about, runs) : [whole];
  if ('reason' in differences) return differences;
  const edits: Edit[] = [];
  const derived = runs.flatMap((run, index) => {
    const difference = differences[index];
    return run.statements.length === 0 || difference === undefined ? [] : [{ run, difference }];
  });
  for (const { run, difference } of derived) edits.push(await edit(about, run, difference, 'upgrade'));
  const back = revision.runs.downgrade.filter(({ statements }) => statements.length > 0);
  if (back.length === derived.length) {
    for (const [index, run] of back.entries()) {
      const { difference } = derived.at(-1 - index) ?? {};
      const isItsWayBack =
        whole !== undefined ||
        revision.byHand.length === 0 ||
        samePlaces(underNewNames(run, about.base), difference?.downgrade ?? []);
      if (difference !== undefined && isItsWayBack) edits.push(await edit(about, run, difference, 'downgrade'));
    }
  }
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, { start, end, by }) => rest.slice(0, start) + by + rest.slice(end), text);
}

/** What a run does, for what the base has made of names, and without what the base has done. */
function underNewNames({ operations, statements }: OperationRun, base: readonly Operation[]): readonly Operation[] {
  // what was written by hand does what it says
  if (statements.length === 0) return operations;
  const renamings: readonly Renaming[] = base.filter(isRenaming);
  const done = new Set(base.map(textOf));
  return operations
    .map((operation) => renamings.reduce<Operation>(underNewName, operation))
    .filter((operation) => !done.has(textOf(operation)));
}

/** An operation as text, without what it tells of the time before. */
function textOf(operation: Operation): string {
  return JSON.stringify(operation, (key, value: unknown) => {
    if (['warning', 'previous', 'existing', 'assertion'].includes(key)) return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function samePlaces(one: readonly Operation[], other: readonly Operation[]): boolean {
  const places = (operations: readonly Operation[]): string => JSON.stringify(operations.map(placeOf).sort());
  return places(one) === places(other);
}

/**
 * What the entities still need, where that is about the same tables as the revision. `undefined` where it can't be told
 * from the entities: they are those of the head.
 */
async function ofEntities(
  { isHead, revision, rehearse, scripts }: Regenerating,
  runs: readonly OperationRun[],
): Promise<Difference | undefined> {
  const [run, ...others] = runs;
  const isWhole = run !== undefined && others.length === 0 && revision.byHand.length === 0 && !run.isAutocommit;
  if (!isHead || !isWhole) return undefined;
  const difference = await rehearse((scratch) =>
    compareAtHead(scratch, scripts, {
      database: databaseOf(scratch),
      renames: async (candidates) => recordedRenames(candidates, run.operations),
    }),
  );
  const own = new Set(run.operations.flatMap(tablesOf));
  const found = new Set(difference.upgrade.map(placeOf));
  const isAboutIt = difference.upgrade.flatMap(tablesOf).every((table) => own.has(table));
  const keepsNames = run.operations.filter(isRename).every((operation) => found.has(placeOf(operation)));
  return isAboutIt && keepsNames ? difference : undefined;
}

function isRename({ kind }: Operation): boolean {
  return kind.startsWith('rename');
}

function tablesOf(operation: Operation): readonly string[] {
  const names = touchedTables(operation).map(({ schema = '', table }) => `${schema}.${table}`);
  return names.length === 0 ? [placeOf(operation)] : names;
}

/** The candidates that operations rename. */
function recordedRenames(candidates: readonly RenameCandidate[], operations: readonly Operation[]): readonly string[] {
  const renamed = new Set(
    operations
      .flatMap(objectChanges)
      .flatMap(({ name = '', after }) => (after === undefined ? [] : [`${name}>${after.name}`])),
  );
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  return candidates.filter(({ from, to }) => renamed.has(`${last(from)}>${last(to)}`)).map(({ answer }) => answer);
}

/** What each run changes, as a comparison of the schemas before and behind it finds it. */
async function ofRuns(
  about: Regenerating,
  runs: readonly OperationRun[],
): Promise<readonly (Difference | undefined)[] | Obstacle> {
  const states = await about.rehearse(async (scratch) => {
    const found: SchemaModel[] = [];
    for (const run of runs) {
      const failed = await failureOf(about, scratch, run);
      if (failed !== undefined) return failed;
      found.push(await schemaOf(scratch));
    }
    return found;
  });
  if ('reason' in states) return states;
  return about.rehearse(async (scratch) => {
    const differences: (Difference | undefined)[] = [];
    for (const [index, run] of runs.entries()) {
      const behind = states[index];
      const isDerived = run.statements.length > 0;
      differences.push(isDerived && behind !== undefined ? await spelled(scratch, behind, run) : undefined);
      await failureOf(about, scratch, run);
    }
    return differences;
  });
}

/** Runs the operations of a run. What is told of columns and types before is read from the database. */
async function failureOf(
  { scripts, common }: Regenerating,
  scratch: CommandContext,
  { operations, statements }: OperationRun,
): Promise<Obstacle | undefined> {
  const schema = statements.length === 0 ? undefined : await schemaOf(scratch);
  try {
    await runBeside(scratch, scripts, common, async (op) => {
      for (const operation of operations)
        await op.invoke(schema === undefined ? operation : onSchema(operation, schema));
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof RevisionFailedError)) throw error;
    return { line: statements[0]?.line ?? null, reason: reasonOf(error) };
  }
}

/** An operation that tells of the time before what a schema has. */
function onSchema(operation: Operation, { tables, enums }: SchemaModel): Operation {
  if (operation.kind === 'alterColumn') {
    const table = tables.find(({ name, schema }) => name === operation.table && schema === operation.schema);
    const column = table?.columns.find(({ definition: { name } }) => name === operation.column);
    if (column === undefined) return operation;
    const { name: _, ...existing } = column.definition;
    const { items } = operation.change;
    const merged = items == null ? items : mergedItems(items, operation.existing?.items, existing.items);
    return { ...operation, existing, ...(merged != null && { change: { ...operation.change, items: merged } }) };
  }
  if (operation.kind === 'alterEnum') {
    const type = enums.find(({ name, schema }) => name === operation.name && schema === operation.schema);
    if (type === undefined) return operation;
    const items = mergedItems(operation.items, operation.existing, type.items);
    return { ...operation, existing: type.items, items };
  }
  return operation;
}

/** The values of both sides: those of the base, without what the revision removes and with what it adds. */
function mergedItems(
  wanted: readonly string[],
  before: readonly string[] | undefined,
  now: readonly string[] | undefined,
): readonly string[] {
  if (before === undefined || now === undefined) return wanted;
  const kept = now.filter((item) => wanted.includes(item) || !before.includes(item));
  return [...kept, ...wanted.filter((item) => !kept.includes(item) && !before.includes(item))];
}

/** What makes the schema of a scratch database that behind a run, in the words of the run where it has them. */
async function spelled(
  scratch: CommandContext,
  wanted: SchemaModel,
  { operations }: OperationRun,
): Promise<Difference> {
  const ignoreTables = comparedWithout(scratch);
  const compare = (renames: readonly string[]): Promise<SchemaComparison> =>
    databaseOf(scratch).pin(({ introspection: connection }) =>
      compareSchema({ orm: scratch.orm, connection, ignoreTables, wanted, renames }),
    );
  const first = await compare([]);
  const answers = recordedRenames(first.candidates, operations);
  const { upgrade, downgrade, batches } = answers.length === 0 ? first : await compare(answers);
  const own = new Map(operations.map((operation) => [placeOf(operation), operation]));
  const inOwnWords = (operation: Operation): Operation => {
    const said = own.get(placeOf(operation));
    if (said === undefined || operation.kind === 'alterEnum') return operation;
    const change = changeOf(operation, said);
    const { existing, previous } = operation as { readonly existing?: unknown; readonly previous?: unknown };
    const kept = { ...(existing !== undefined && { existing }), ...(previous !== undefined && { previous }) };
    const parts: readonly object[] = [operation, said, change, kept];
    return Object.assign({}, ...parts) as Operation;
  };
  const spelledBatches = batches.upgrade.map(
    ({ alterations, ...batch }) => ({ ...batch, alterations: alterations.map(inOwnWords) }) as AlterationBatch,
  );
  return { upgrade: upgrade.map(inOwnWords), downgrade, batches: { ...batches, upgrade: spelledBatches } };
}

/** The values of an enum are those of both sides, whatever the run says. */
function changeOf(found: Operation, said: Operation): Partial<Operation> {
  if (found.kind !== 'alterColumn' || said.kind !== 'alterColumn' || said.change.items == null) return {};
  return { change: { ...said.change, items: found.change.items ?? said.change.items } };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** The statements of a run, written again. What says the same stays, with the comments above it. */
async function edit(
  { context, text }: Regenerating,
  { statements, isAutocommit }: OperationRun,
  difference: Difference,
  direction: 'upgrade' | 'downgrade',
): Promise<Edit> {
  const [first, last] = [statements[0], statements.at(-1)];
  const [start, end] = [first?.from ?? 0, last?.end ?? 0];
  // what the revision told of its tables it tells again
  const tellsTables = context.options.existingTables || statements.some(({ code }) => TABLE.test(code));
  const batches = (tellsTables ? difference.batches : withoutTables(difference.batches))[direction];
  const about = { direction, connection: context.connection, batches, isAutocommit };
  const written = await bodyStatements(rendered(context, difference[direction], about));
  const rest = [...statements];
  const margin = /[ \t]*$/.exec(text.slice(0, first?.start))?.[0] ?? '';
  const parts = written.map(({ code, form }, index) => {
    const same = rest.findIndex((statement) => statement.form === form);
    if (same !== -1) {
      const [kept] = rest.splice(same, 1);
      return text.slice(kept?.from, kept?.end);
    }
    const above = written.length === statements.length ? commentAbove(text, statements[index]) : '';
    return `${above === '' ? '\n' : above}${indent(above === '' ? code : withoutComment(code), margin)}`;
  });
  if (parts.length > 0) return { start, end, by: parts.join('') };
  const isAll = /\{\s*$/.test(text.slice(0, start)) && /^\s*\}/.test(text.slice(end));
  return { start, end, by: isAll ? `\n${margin}void op; // nothing to do` : '' };
}

/** A table that a batch tells; a column that an operation tells has no columns. */
const TABLE = /\bexisting: \{\s*columns: /;

function commentAbove(text: string, statement: RevisionStatement | undefined): string {
  if (statement === undefined) return '';
  const above = text.slice(statement.from, statement.start).replace(/[ \t]*$/, '');
  return above.trim() === '' ? '' : above;
}

function withoutComment(code: string): string {
  return code.replace(/^(?:[ \t]*\/\/.*\n)+/, '');
}
