import { resolve } from 'node:path';
import { OutputNotWrittenError } from '../errors/usage.errors.js';
import { PlanOutdatedError } from '../errors/plan.errors.js';
import { compareFingerprints } from '../rehearsal/fingerprint.js';
import { errorFields, writeTextFile } from '../script/file-system.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { measureRevisions } from './measured-revisions.js';
import { type ApprovedPlan, type ApprovedRevision, PLAN_FORM, readApprovedPlan } from './plan-file.js';
import { type PlanResult } from './plan-result.js';
import { readFingerprint } from './read-fingerprint.js';
import { readScripts, type RevisionScripts } from './revision-scripts.js';
import { planFor, type Planning } from './run.js';
import { upgradeTo } from './upgrade.js';

/** Writes a plan into a file, so that an upgrade may be held to it. */
export async function writePlan(
  context: CommandContext,
  scripts: RevisionScripts,
  { out, target, plan }: { readonly out: string; readonly target: string; readonly plan: PlanResult },
  common: Common,
): Promise<void> {
  const revisions: ApprovedRevision[] = [];
  for (const { revision, statements } of plan.revisions) {
    const digests = await digestsOf(scripts, scripts.graph.get(revision));
    revisions.push({ revision, digests, statements: statements.map(({ sql }) => sql) });
  }
  const { text: schema } = await readFingerprint(context, common);
  const approved: ApprovedPlan = {
    planOfNestMigrate: PLAN_FORM,
    target,
    rows: plan.rows ?? [],
    schema,
    revisions,
    plan,
  };
  const path = resolve(context.host.cwd, out);
  await writeTextFile(path, `${JSON.stringify(approved, null, 2)}\n`).catch((cause: unknown) => {
    throw new OutputNotWrittenError(path, errorFields(cause).message, cause);
  });
}

/**
 * Holds an upgrade to a plan that was written before: to its revisions, the rows and the schema of the database, and to
 * its statements, which are measured again.
 *
 * @returns how to upgrade; the plan is compared with the rows once more under the lock.
 * @throws PlanOutdatedError with the difference; PlanFileInvalidError where the file can't be read.
 */
export async function planningOf(context: CommandContext, file: string, common: Common): Promise<Planning> {
  const path = resolve(context.host.cwd, file);
  const approved = await readApprovedPlan(context, path);
  const scripts = await readScripts(context, common);
  const { rows, interrupted } = await databaseOf(context, common).glance();
  const checkRows = (now: readonly string[]): void => {
    if (now.toSorted().join() === approved.rows.toSorted().join()) return;
    throw new PlanOutdatedError(path, [`The database stands at ${place(now)}, and was at ${place(approved.rows)}.`]);
  };
  checkRows(rows);
  const planning = upgradeTo(approved.target);
  const planned = planFor(scripts, planning, rows, interrupted);
  const ids = planned.steps.map(({ revision }) => revision).filter((id) => id !== null);
  const differences = [
    ...(await differentRevisions(planned.scripts, ids, approved)),
    ...differentSchema(approved.schema, (await readFingerprint(context, common)).text),
  ];
  if (differences.length === 0)
    differences.push(...(await differentStatements(context, planned.scripts, ids, approved, common)));
  if (differences.length > 0) throw new PlanOutdatedError(path, differences);
  return {
    ...planning,
    planner: (seen) => {
      const plan = planning.planner(seen);
      return (now) => {
        checkRows(now);
        return plan(now);
      };
    },
  };
}

async function differentRevisions(
  scripts: RevisionScripts,
  ids: readonly string[],
  { revisions }: ApprovedPlan,
): Promise<readonly string[]> {
  const planned = revisions.map(({ revision }) => revision);
  if (ids.join() !== planned.join()) return [`It would apply ${place(ids)}, and ${place(planned)} was planned.`];
  const edited: string[] = [];
  for (const { revision, digests } of revisions) {
    const now = await digestsOf(scripts, scripts.graph.get(revision));
    if (!now.some((digest) => digests.includes(digest))) edited.push(`Revision ${revision} was edited.`);
  }
  return edited;
}

function differentSchema(before: string, now: string): readonly string[] {
  const compared = compareFingerprints({ text: before }, { text: now });
  switch (compared.verdict) {
    case 'equal':
      return [];
    case 'not comparable':
      return [`The server was ${compared.servers.join(', and is ')}.`];
    case 'different':
      return [
        ...compared.removed.map((line) => `The schema has no longer: ${line}`),
        ...compared.added.map((line) => `The schema has now: ${line}`),
        ...compared.changed.flatMap(({ before: was, after }) => [
          `The schema had: ${was}`,
          `The schema has now: ${after}`,
        ]),
      ];
  }
}

async function differentStatements(
  context: CommandContext,
  scripts: RevisionScripts,
  ids: readonly string[],
  { revisions }: ApprovedPlan,
  common: Common,
): Promise<readonly string[]> {
  const { statements, failures, unmeasured } = await measureRevisions(context, scripts, new Set(ids), common);
  return revisions.flatMap(({ revision, statements: planned }) => {
    const failed = failures.get(revision)?.message ?? unmeasured.get(revision);
    const now = statements.filter((statement) => statement.revision === revision).map(({ sql }) => sql);
    const at = [...planned, ...now].findIndex((_, index) => planned[index] !== now[index]);
    if (at === -1 || (at >= planned.length && at >= now.length)) return [];
    const was = planned[at] ?? 'nothing more';
    return [`Statement ${at + 1} of ${revision} was [${was}], and is [${now[at] ?? failed ?? 'nothing more'}].`];
  });
}

async function digestsOf({ directory }: RevisionScripts, script: RevisionScript): Promise<readonly string[]> {
  const program = await directory.programDigest(script);
  return [script.source.digest, ...(program === null ? [] : [program])];
}

function place(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.join(', ');
}
