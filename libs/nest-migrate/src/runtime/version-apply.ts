import { MisplacedOperationError } from '../errors/operation.errors.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { type OperationSink } from '../operations/verbs.js';
import { type Step } from './events.js';
import { type Operations, type RevisionData } from './revision-data.js';

/** What {@link OnVersionApply} gets. */
export interface VersionApplied {
  /**
   * The verbs, on the run's own connection and inside the step's transaction; `op.connection`, `op.xArguments`,
   * `op.tag` and `op.offline` tell about the run. Without `autocommitBlock`, `backfill` and services.
   */
  readonly op: Operations;
  /** The step; `rows` are the rows of the version table now that it is taken. */
  readonly step: Step;
}

/**
 * Called for every step of an upgrade, a downgrade and a stamp, after the version rows have moved and inside the same
 * transaction. What it writes is committed with the step or not at all, and where it fails the step fails with it. On
 * MySQL and MariaDB that transaction holds the rows and what this writes; the revision's own statements were committed
 * before.
 *
 * Alembic's `on_version_apply`.
 *
 * @example
 * MigrationModule.forRoot({
 *   onVersionApply: async ({ op, step }) => {
 *     await op.bulkInsert('deployment', [{ direction: step.direction, revision: step.revision, tag: op.tag }]);
 *   },
 * })
 */
export type OnVersionApply = (applied: VersionApplied) => unknown;

/** Calls the hooks of a step, one after the other, with an `op` that passes its operations to `sink`. */
export async function versionApplied(
  hooks: readonly OnVersionApply[],
  sink: OperationSink<RevisionData>,
  context: OperationsContext,
  step: Step,
): Promise<void> {
  for (const hook of hooks) {
    await runOperations<RevisionData>(
      { ...sink, autocommitBlock: refuse('autocommitBlock'), backfill: refuse('backfill') },
      context,
      (op) => hook({ op, step }),
    );
  }
}

function refuse(verb: string): () => Promise<never> {
  return () => {
    const problem = 'was called in onVersionApply, which belongs to the transaction of the step.';
    throw new MisplacedOperationError(verb, 'insideTransaction', problem, 'Do it in a revision.');
  };
}
