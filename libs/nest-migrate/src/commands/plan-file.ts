import { resolve } from 'node:path';
import { PlanFileInvalidError } from '../errors/plan.errors.js';
import { type ScriptsContext } from './command-context.js';
import { type PlanResult } from './plan-result.js';

/** The form of the file. A file of another one is refused. */
export const PLAN_FORM = 1;

/** An upgrade as it was planned, and the database that it was planned for. */
export interface ApprovedPlan {
  readonly planOfNestMigrate: typeof PLAN_FORM;
  readonly target: string;
  /** The version table's rows. */
  readonly rows: readonly string[];
  /** The fingerprint of the schema. */
  readonly schema: string;
  readonly revisions: readonly ApprovedRevision[];
  /** What the plan says: for who looks at it. An upgrade is not held to it. */
  readonly plan: PlanResult;
}

/** A revision of an upgrade that was planned. */
export interface ApprovedRevision {
  readonly revision: string;
  /** The digests of its file and of its program: either is enough to know it again. */
  readonly digests: readonly string[];
  readonly statements: readonly string[];
}

/**
 * Reads a plan that an upgrade may be held to.
 *
 * @param path Absolute.
 * @throws PlanFileInvalidError
 */
export async function readApprovedPlan(context: ScriptsContext, path: string): Promise<ApprovedPlan> {
  const value = await readJson(context, path);
  if (isApproved(value)) return value;
  throw new PlanFileInvalidError(path, 'it is no plan of this version');
}

/**
 * Reads what a plan says, from the file of `plan --out` or from what `plan --json` has printed.
 *
 * @throws PlanFileInvalidError
 */
export async function readPlanResult(context: ScriptsContext, file: string): Promise<PlanResult> {
  const path = resolve(context.host.cwd, file);
  const value = await readJson(context, path);
  const plan: unknown = isApproved(value) ? value.plan : value;
  if (isPlan(plan)) return plan;
  throw new PlanFileInvalidError(path, 'it is no plan of this version');
}

async function readJson({ fileSystem }: ScriptsContext, path: string): Promise<unknown> {
  try {
    return JSON.parse(await fileSystem.readText(path)) as unknown;
  } catch (error) {
    throw new PlanFileInvalidError(path, error);
  }
}

function isApproved(value: unknown): value is ApprovedPlan {
  return (Object(value) as Partial<ApprovedPlan>).planOfNestMigrate === PLAN_FORM;
}

function isPlan(value: unknown): value is PlanResult {
  const { revisions, findings } = Object(value) as Partial<PlanResult>;
  return Array.isArray(revisions) && Array.isArray(findings);
}
