import { type CompareOptions, compareSchema, readDatabaseSchema } from '../autogenerate/compare-schema.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintComparison,
  fingerprintOf,
} from '../rehearsal/fingerprint.js';
import { type PinnedSession } from '../runtime/pinned-session.js';
import { planSteps } from '../revision/row-changes.js';
import { type Operations } from '../runtime/revision-data.js';
import { type SchemaModel } from '../schema/schema-model.js';
import { fixtureFunction } from '../script/revision-module.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { ownTablePlaces } from './connection.js';
import { differenceWords } from './difference-words.js';
import { type Finding } from './finding.js';
import { type VerifyRows } from './options.js';
import { type RevisionScripts } from './revision-scripts.js';
import { runWith, type RunOptions } from './run.js';
import { loadSteps } from './step-loading.js';
import {
  type Loss,
  lossInWords,
  lostByDowngrade,
  lostByUpgrade,
  readContents,
  type TableContents,
} from './table-contents.js';

/** The rule of rows that are gone, or have other values. */
export const ROWS_LOST = 'rows-lost';

/** A database at one moment. */
export interface Moment {
  readonly fingerprint: Fingerprint;
  readonly contents: TableContents;
}

/** What a trial needs. */
export interface TrialOptions extends Pick<RunOptions, 'signal' | 'xArguments'> {
  /** Puts rows in before each revision, after its own `fixture`. Absent: nothing puts rows in, no `fixture` either. */
  readonly rows?: VerifyRows | 'fixtures';
  /** Reads the schema that another scratch database has at revisions. */
  readonly schemaAt: (revisions: readonly string[]) => Promise<SchemaModel>;
}

/** The outcome of a trial. */
export interface Trial {
  readonly findings: readonly Finding[];
  /** What the database is good for now: `applied` for the next revision, `nothing` where the trial has left something. */
  readonly leaves: 'applied' | 'nothing';
  /** Whether the upgrade works, so that revisions above it can be tried. */
  readonly upgrades: boolean;
  readonly losses: Losses;
}

/** What an upgrade loses of the rows that there were, and what it and its downgrade lose of them. */
export interface Losses {
  readonly before: TableContents;
  readonly upgrade: readonly Loss[];
  /** `undefined` where the downgrade fails. */
  readonly downgrade: readonly Loss[] | undefined;
}

/**
 * Tries one revision on a scratch database that stands where the revision starts: up, down, and up again. Each state has
 * to be what it was before, and the rows have to be there.
 */
export async function tryRevision(
  scratch: CommandContext,
  scripts: RevisionScripts,
  id: string,
  options: TrialOptions,
): Promise<Trial> {
  const findings: Finding[] = [];
  const { graph } = scripts;
  const script = graph.get(id);
  const find = (rule: string, direction: Finding['direction'], message: string, more: Partial<Finding> = {}): void =>
    void findings.push({ rule, revision: id, direction, message, operations: [], schema: [], ...more });
  const move = (direction: 'upgrade' | 'downgrade'): Promise<void> =>
    moveOne(scratch, scripts, { direction, id }, options);
  const failure = async (work: Promise<void>): Promise<RevisionFailedError | undefined> =>
    work.then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof RevisionFailedError) return error;
        throw error;
      },
    );

  if (options.rows !== undefined) {
    const failed = await failure(putRows(scratch, scripts, id, options));
    if (failed !== undefined) find('fixture-fails', null, failed.message.replace(/^[^:]*: /, ''));
  }
  const before = await momentOf(scratch);
  const withRows = before.contents.filled.length > 0 ? ' on a database that has rows' : ' on a database without rows';
  let losses: Losses = { before: before.contents, upgrade: [], downgrade: undefined };
  const ends = (leaves: Trial['leaves'], upgrades = true): Trial => ({ findings, leaves, upgrades, losses });
  const failedUp = await failure(move('upgrade'));
  if (failedUp !== undefined) {
    find('upgrade-fails', 'upgrade', `It fails${withRows}. ${reasonOf(failedUp)}`);
    return ends('nothing', false);
  }
  const after = await momentOf(scratch);
  losses = { ...losses, upgrade: lostByUpgrade(before.contents, after.contents) };
  for (const message of lossSentences('upgrade', losses.upgrade)) find(ROWS_LOST, 'upgrade', message);
  if (script.irreversible !== null) return ends('applied');

  const failedDown = await failure(move('downgrade'));
  if (failedDown !== undefined) {
    find('downgrade-fails', 'downgrade', `It fails${withRows}. ${reasonOf(failedDown)}`);
    return ends('nothing');
  }
  const back = await momentOf(scratch);
  const downgrade = lostByDowngrade(before.contents, after.contents, back.contents);
  losses = { ...losses, downgrade };
  for (const message of lossSentences('downgrade', downgrade)) find(ROWS_LOST, 'downgrade', message);
  const left = await differenceOf(scratch, before.fingerprint, back.fingerprint, () =>
    options.schemaAt(graph.parentsOf(id)),
  );
  const failedAgain = await failure(move('upgrade'));
  if (left !== undefined) {
    const isUnchanged = after.fingerprint.hash === back.fingerprint.hash;
    const what = isUnchanged ? 'It undoes nothing.' : 'It does not lead back to the schema before the upgrade.';
    const then = failedAgain === undefined ? '' : ` The next upgrade fails then: ${reasonOf(failedAgain)}`;
    find('downgrade-differs', 'downgrade', `${what}${stillToDo(left)}${then}`, left);
    return ends('nothing');
  }
  if (failedAgain !== undefined) {
    find('upgrade-differs', 'upgrade', `It works once, and fails after the downgrade. ${reasonOf(failedAgain)}`);
    return ends('nothing');
  }
  const again = await momentOf(scratch);
  const differs = await differenceOf(scratch, after.fingerprint, again.fingerprint, () => options.schemaAt([id]));
  if (differs === undefined) return ends('applied');
  find('upgrade-differs', 'upgrade', `The second time it leads to another schema.${stillToDo(differs)}`, differs);
  return ends('nothing');
}

/** What was lost, as sentences of a finding. */
export function lossSentences(direction: 'upgrade' | 'downgrade', losses: readonly Loss[]): readonly string[] {
  const when = direction === 'upgrade' ? 'After it' : 'After the upgrade and it';
  return losses.flatMap(lossInWords).map((text) => `${when} ${text}.`);
}

/** Applies or undoes one revision. */
export async function moveOne(
  scratch: CommandContext,
  scripts: RevisionScripts,
  { direction, id }: { readonly direction: 'upgrade' | 'downgrade'; readonly id: string },
  { signal, xArguments }: Pick<RunOptions, 'signal' | 'xArguments'>,
): Promise<void> {
  await runWith(
    scripts,
    scratch,
    { signal, xArguments },
    {
      symbols: [id],
      ends: true,
      planner:
        ({ graph }) =>
        (rows) => ({ steps: planSteps(graph, rows, [{ direction, revision: id }]) }),
    },
  );
}

/** Runs what puts rows in before a revision. */
export async function putRows(
  scratch: CommandContext,
  scripts: RevisionScripts,
  id: string,
  { rows: fill, signal, xArguments }: Omit<TrialOptions, 'schemaAt'>,
): Promise<void> {
  const module = await scripts.directory.load(scripts.graph.get(id));
  const fixture = fixtureFunction(module, scratch.connection);
  const given = typeof fill === 'function' ? fill : undefined;
  if (fixture === undefined && given === undefined) return;
  await runBeside(scratch, scripts, { signal, xArguments }, async (op) => {
    await fixture?.(op);
    await given?.(op, { revision: id });
  });
}

/** Runs work with an `op`, as a step that moves no row of the version table. */
export async function runBeside(
  scratch: CommandContext,
  scripts: RevisionScripts,
  options: Pick<RunOptions, 'signal' | 'xArguments'>,
  work: (op: Operations) => Promise<void>,
): Promise<void> {
  const run = (op: unknown): Promise<void> => work(op as Operations);
  await runWith(
    scripts,
    scratch,
    options,
    {
      symbols: [],
      planner: () => (rows) => ({
        steps: [{ direction: 'stamp', revision: null, from: rows, to: rows, changes: [], rows: [...rows].sort() }],
      }),
    },
    {
      load: async (...call) =>
        (await loadSteps(...call)).map((step) => ({
          ...step,
          entries: [],
          body: { run, service: () => undefined },
        })),
    },
  );
}

/** What a scratch database is and holds. */
export async function momentOf(scratch: CommandContext): Promise<Moment> {
  const { engine } = databaseOf(scratch);
  return databaseOf(scratch).pin(async (session) => ({
    fingerprint: await fingerprintIn(scratch, session),
    contents: await readContents(session.introspection, engine, ownTablePlaces(scratch)),
  }));
}

/** The fingerprint of a scratch database. */
export async function fingerprintAt(scratch: CommandContext): Promise<Fingerprint> {
  return databaseOf(scratch).pin((session) => fingerprintIn(scratch, session));
}

/** The schema of a scratch database, as another one can be compared with it. */
export async function schemaOf(scratch: CommandContext): Promise<SchemaModel> {
  return databaseOf(scratch).pin(({ introspection: connection }) =>
    readDatabaseSchema({ orm: scratch.orm, connection, ignoreTables: comparedWithout(scratch) }),
  );
}

/** As {@link fingerprintAt}, in a session of it. */
export async function fingerprintIn(scratch: CommandContext, session: PinnedSession): Promise<Fingerprint> {
  return fingerprintOf(databaseOf(scratch).engine, session, { ignoredTables: ownTablePlaces(scratch) });
}

/** The engine and its version, as a fingerprint has it. */
export function serverOf({ text }: Pick<Fingerprint, 'text'>): string {
  return (text.split('\n')[0] ?? '').replace(/^# /, '').replace(/, format .*/, '');
}

/** The tables of the tool, for a comparison. */
export function comparedWithout(scratch: CommandContext): CompareOptions['ignoreTables'] {
  return ownTablePlaces(scratch).map(({ name: table, schema }) => ({ table, ...(schema !== undefined && { schema }) }));
}

/** How a database differs from what it should be; `undefined` where it does not. */
async function differenceOf(
  scratch: CommandContext,
  wanted: Fingerprint,
  found: Fingerprint,
  schema: () => Promise<SchemaModel>,
): Promise<SchemaDifference | undefined> {
  const comparison = compareFingerprints(wanted, found);
  return comparison.verdict === 'different' ? schemaDifference(scratch, comparison, await schema()) : undefined;
}

/** A difference as a finding holds it. */
export type SchemaDifference = Pick<Finding, 'operations' | 'schema'>;

/** The difference between the schema that a database should have and its own, as operations and as lines. */
export async function schemaDifference(
  scratch: CommandContext,
  { removed, added, changed }: Extract<FingerprintComparison, { readonly verdict: 'different' }>,
  wanted: SchemaModel,
): Promise<SchemaDifference> {
  const { upgrade: operations } = await databaseOf(scratch).pin(({ introspection: connection }) =>
    compareSchema({ orm: scratch.orm, connection, ignoreTables: comparedWithout(scratch), wanted }),
  );
  return {
    operations,
    schema: [
      ...removed.map((line) => `- ${line}`),
      ...added.map((line) => `+ ${line}`),
      ...changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
    ],
  };
}

/** What operations still have to do, as a sentence behind another one. */
export function stillToDo({ operations }: Pick<Finding, 'operations'>): string {
  const words = differenceWords(operations);
  return words.length === 0 ? '' : ` Still to be done: ${words.join(', ')}.`;
}

/** The reason of a failure, without the name of the revision, which stands beside it. */
export function reasonOf({ failure: { statement, cause } }: RevisionFailedError): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const where = statement === undefined ? '' : ` Statement ${statement.ordinal + 1}: ${statement.sql}`;
  return `${reason.trim().replace(/[.\s]*$/, '')}.${where}`;
}
