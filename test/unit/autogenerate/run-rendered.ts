/** Runs rendered operations the way a revision would, and records what they ask for. */
import { type Backfill } from '../../../libs/nest-migrate/src/operations/backfill.js';
import { createOperations } from '../../../libs/nest-migrate/src/operations/operations-builder.js';
import { OperationRegistry } from '../../../libs/nest-migrate/src/operations/operation-registry.js';
import { type ExistingTable, type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type OperationVerbs } from '../../../libs/nest-migrate/src/operations/verbs.js';

type AsyncBody = (op: OperationVerbs<unknown>) => Promise<void>;
const AsyncFunction = (async () => undefined).constructor as new (parameter: string, body: string) => AsyncBody;

/** What is asked for at once: one operation, or all of a batch. */
export interface RenderedStep {
  readonly operations: readonly Operation[];
  readonly existing?: ExistingTable;
}

/** What a revision with this body asks for. */
export async function runRendered(
  source: string,
  dialect: OperationVerbs<unknown>['dialect'],
  registry = OperationRegistry.empty,
): Promise<readonly RenderedStep[]> {
  const steps: RenderedStep[] = [];
  const take = async (step: RenderedStep): Promise<void> => void steps.push(step);
  await runBody(source, dialect, { take, outside: async (block) => block() }, registry);
  return steps;
}

/** What a body is run with. */
export interface BodyRunner {
  readonly take: (step: RenderedStep) => Promise<void>;
  readonly outside: (block: () => Promise<void>) => Promise<void>;
  /** Default: nothing is filled. */
  readonly fill?: (backfill: Backfill<unknown>) => Promise<void>;
}

/** Runs a body: each step is taken as it is asked for, and a block outside of transactions is handed over. */
export async function runBody(
  source: string,
  dialect: OperationVerbs<unknown>['dialect'],
  { take, outside, fill = async () => undefined }: BodyRunner,
  registry = OperationRegistry.empty,
): Promise<void> {
  const sink = {
    apply: async (operation: Operation): Promise<void> => take({ operations: [operation] }),
    applyTogether: async (operations: readonly Operation[], existing: ExistingTable | undefined): Promise<void> =>
      take({ operations, existing }),
    query: async (): Promise<never[]> => [],
    transaction: async (): Promise<void> => undefined,
    backfill: fill,
    autocommitBlock: outside,
  };
  const context = { dialect, offline: false, connection: 'default', xArguments: {}, tag: null, registry };
  const { op, finish } = createOperations<unknown>(sink, context);
  await new AsyncFunction('op', source)(op);
  await finish();
}
