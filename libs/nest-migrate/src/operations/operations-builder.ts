import { InvalidOperationError } from '../errors/operation.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { tamed } from '../errors/thrown.js';
import { builders, type Operation, ownDefinitions } from './all.js';
import { type OperationsContext, Scope } from './operations-scope.js';
import { type RegisteredVerbs } from './registered-operations.js';
import { type OperationSink, type OperationVerbs } from './verbs.js';

export type { OperationsContext } from './operations-scope.js';

/** The `op` of one revision, and the function that ends it. */
export interface OperationsRun<Data> {
  readonly op: OperationVerbs<Data> & RegisteredVerbs;
  /**
   * Waits for every verb that was called, awaited or not, and closes `op`.
   *
   * @throws the first failure, even where the revision caught it.
   */
  readonly finish: () => Promise<void>;
}

/**
 * Creates the verbs that a revision receives. They check their arguments, turn them into frozen operations and pass
 * these to `sink` one after the other, in the order of the calls. They use no database: the sink decides what an
 * operation means there, and whether it is possible. A registered operation is replaced by its parts here: the sink
 * gets the library's own operations alone.
 */
export function createOperations<Data>(sink: OperationSink<Data>, context: OperationsContext): OperationsRun<Data> {
  const bind = (operation: Operation): Operation => operation;
  const scope = new Scope({ sink, context, within: [], outcome: {}, kind: 'revision', bind });
  return { op: scope.op, finish: () => scope.queue.close() };
}

/**
 * Runs `work` with an `op` of its own, until every verb that it called has ended.
 *
 * @throws the first failure, even where `work` caught it.
 */
export async function runOperations<Data>(
  sink: OperationSink<Data>,
  context: OperationsContext,
  work: (op: OperationsRun<Data>['op']) => unknown,
): Promise<void> {
  const { op, finish } = createOperations(sink, context);
  try {
    await work(op);
  } catch (error) {
    // verbs that were not awaited are still in the queue, and an earlier failure there is the one to report
    await finish();
    const thrown = tamed(error);
    throw unknownVerb(thrown, op) ?? thrown;
  }
  await finish();
}

/** JavaScript's message for a missing verb names neither the known verbs nor the place to register one. */
function unknownVerb(error: unknown, op: object): InvalidOperationError | undefined {
  const { name, message } = Object(error) as { readonly name?: unknown; readonly message?: unknown };
  const [, verb] = (name === 'TypeError' && /^(?:op|batch)\.(\w+) is not a function$/.exec(String(message))) || [];
  if (verb === undefined || verb in op) return undefined;
  const meant = nearestName(verb, Object.keys(op));
  const register = `Register it: MigrationModule.forRoot({ operations: [${verb}] }).`;
  return new InvalidOperationError(
    verb,
    'is no verb of op.',
    meant === undefined ? register : `Did you mean '${meant}'?`,
    error,
  );
}

/** The members of `op` that build no operation. */
const others = {
  query: true,
  transaction: true,
  autocommitBlock: true,
  backfill: true,
  batchAlterTable: true,
  invoke: true,
  dialect: true,
  offline: true,
  connection: true,
  xArguments: true,
  tag: true,
} satisfies Record<Exclude<keyof OperationVerbs<never>, keyof typeof builders>, true>;

/** Whether `op` has a member of that name, or JavaScript gives the name a meaning. */
export function isTaken(name: string): boolean {
  // JavaScript takes an object with `then` for a promise
  return name in { ...builders, ...others } || ownDefinitions.has(name) || name === 'then';
}
