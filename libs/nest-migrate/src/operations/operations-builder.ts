import { InvalidOperationError } from '../errors/operation.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { tamed } from '../errors/thrown.js';
import { builders, type Operation, ownDefinitions } from './all.js';
import { type OperationsContext, Scope } from './operations-scope.js';
import { type RegisteredVerbs } from './registered-operations.js';
import { type OperationSink, type OperationVerbs } from './verbs.js';

export type { OperationsContext } from './operations-scope.js';

/** The `op` of one revision, and the end of it. */
export interface OperationsRun<Data> {
  readonly op: OperationVerbs<Data> & RegisteredVerbs;
  /**
   * Waits for every verb that was called, awaited or not, and closes `op`.
   *
   * @throws whatever failed first, also where the revision swallowed it.
   */
  readonly finish: () => Promise<void>;
}

/**
 * The verbs that a revision receives. They check their arguments, turn them into frozen operations and hand these to
 * `sink` one after the other, in the order of the calls. They know no database: what an operation means there, and
 * whether it can be done at all, is the sink's business. What the application registered is taken apart here: a sink gets
 * the tool's own operations alone.
 */
export function createOperations<Data>(sink: OperationSink<Data>, context: OperationsContext): OperationsRun<Data> {
  const bind = (operation: Operation): Operation => operation;
  const scope = new Scope({ sink, context, within: [], outcome: {}, kind: 'revision', bind });
  return { op: scope.op, finish: () => scope.queue.close() };
}

/**
 * Runs `work` with an `op` of its own, up to the end of every verb that it called.
 *
 * @throws whatever failed first, also where `work` swallowed it.
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
    // the queue still holds what was called and not awaited: an earlier failure there is the one to tell
    await finish();
    const thrown = tamed(error);
    throw unknownVerb(thrown, op) ?? thrown;
  }
  await finish();
}

/** JavaScript's word for a verb that is not there says neither what there is nor where the application's own come from. */
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

/** What `op` has beside the verbs that make operations. */
const others = {
  query: true,
  transaction: true,
  autocommitBlock: true,
  batchAlterTable: true,
  invoke: true,
  dialect: true,
  offline: true,
  connection: true,
  xArguments: true,
  tag: true,
} satisfies Record<Exclude<keyof OperationVerbs<never>, keyof typeof builders>, true>;

/** Whether `op` says something under that name already, or the language does under it. */
export function isTaken(name: string): boolean {
  // an object with `then` would be taken for a promise
  return name in { ...builders, ...others } || ownDefinitions.has(name) || name === 'then';
}
