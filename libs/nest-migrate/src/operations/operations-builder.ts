import { InvalidOperationError, MisplacedOperationError } from '../errors/operation.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { addColumn, alterColumn, dropColumn, renameColumn } from './column.operations.js';
import {
  createCheckConstraint,
  createForeignKey,
  createPrimaryKey,
  createUniqueConstraint,
  dropConstraint,
  validateConstraint,
} from './constraint.operations.js';
import { describe, nameOf, optionsOf, schemaKinds, tableSite } from './arguments.js';
import { bulkInsert, checkedQuery, execute } from './data.operations.js';
import { frozen } from './frozen.js';
import { createIndex, dropIndex, renameIndex } from './index.operations.js';
import { type InSchema, type Operation } from './operation.js';
import { type OperationData, OperationRegistry, type RegisteredDefinition } from './operation-registry.js';
import { createPartition, dropPartition } from './partition.operations.js';
import { alterRowLevelSecurity, createPolicy, dropPolicy } from './policy.operations.js';
import { type AnyOperation, type RegisteredVerbs } from './registered-operations.js';
import { isOperationKind } from './reverse.js';
import { createRoutine, dropRoutine } from './routine.operations.js';
import { alterEnum, createEnum, createSchema, dropEnum, dropSchema } from './schema.operations.js';
import {
  createTable,
  createTableComment,
  dropTable,
  dropTableComment,
  existingTable,
  renameTable,
} from './table.operations.js';
import { TableBatch } from './table-batch.js';
import { createTrigger, dropTrigger } from './trigger.operations.js';
import { type Outcome, VerbQueue } from './verb-queue.js';
import { type ExistingTableOptions, type OperationSink, type OperationVerbs } from './verbs.js';
import {
  createMaterializedView,
  createView,
  dropMaterializedView,
  dropView,
  refreshMaterializedView,
} from './view.operations.js';
import { tamed } from '../errors/thrown.js';

/** What `op` tells about the run beside its verbs, and the verbs that the application registered. */
export interface OperationsContext extends Pick<
  OperationVerbs<unknown>,
  'dialect' | 'offline' | 'connection' | 'xArguments' | 'tag'
> {
  readonly registry: OperationRegistry;
}

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
  const scope = openScope({ sink, context, within: [], outcome: {}, kind: 'revision', bind });
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

/** Whether `op` says something under that name already, or the language does under it. */
export function isTaken(name: string): boolean {
  const nothing = (): never => {
    throw new Error('asked for its names alone');
  };
  const sink = { apply: nothing, query: nothing, transaction: nothing, autocommitBlock: nothing };
  const about = { dialect: 'postgres', offline: true, connection: '', xArguments: {}, tag: null } as const;
  const { op } = createOperations<never>(sink, { ...about, registry: OperationRegistry.empty });
  // an object with `then` would be taken for a promise
  return name in op || isOperationKind(name) || name === 'then';
}

interface ScopeParts<Data> {
  readonly sink: OperationSink<Data>;
  readonly context: OperationsContext;
  /** The registered operations whose parts are being gathered. */
  readonly within: readonly string[];
  readonly outcome: Outcome;
  readonly kind: 'revision' | 'block';
  readonly bind: (operation: Operation) => Operation;
}

interface Scope<Data> {
  readonly op: OperationVerbs<Data> & RegisteredVerbs;
  readonly queue: VerbQueue;
}

/** A revision or a block within it: an `op` with a queue of its own, and the outcome that they all share. */
function openScope<Data>(parts: ScopeParts<Data>): Scope<Data> {
  const { sink, context, outcome } = parts;
  const { registry } = context;
  const queue = new VerbQueue(outcome, parts.kind);

  // arguments are read when a verb is called, since its turn may come after the caller has changed them; where they
  // are wrong that is reported at its turn, since what was called before it still has to run
  const prepared = <T>(verb: string, prepare: () => T, work: (prepared: T) => Promise<void>): Promise<void> => {
    let ready: { readonly value: T } | { readonly error: unknown };
    try {
      ready = { value: prepare() };
    } catch (error) {
      ready = { error };
    }
    return queue.run(verb, async () => {
      if ('error' in ready) throw ready.error;
      await work(ready.value);
    });
  };
  const verb =
    <Arguments extends readonly unknown[]>(name: string, operationOf: (...args: Arguments) => AnyOperation) =>
    (...args: Arguments): Promise<void> =>
      prepared(
        name,
        () => operationOf(...args),
        async (operation) => {
          for (const part of await partsOf(operation, parts)) {
            const bound = parts.bind(part);
            await sink.apply(bound === part ? part : frozen(bound));
          }
        },
      );

  const block = async (
    work: (op: OperationVerbs<Data> & RegisteredVerbs) => Promise<void>,
    bind: ScopeParts<Data>['bind'],
    blockSink = sink,
  ): Promise<void> => {
    const inner = openScope({ ...parts, sink: blockSink, kind: 'block', bind });
    try {
      await work(inner.op);
    } catch (error) {
      outcome.failure ??= { error };
    }
    await inner.queue.close();
  };

  /** A batch whose operations are applied at its end, all at once; whoever asks for rows before has those so far done. */
  const gathered = async (
    work: (op: OperationVerbs<Data> & RegisteredVerbs) => Promise<void>,
    bind: ScopeParts<Data>['bind'],
    { existing }: TableBatch,
  ): Promise<void> => {
    let operations: Operation[] = [];
    const flush = async (): Promise<void> => {
      const ready = operations;
      operations = [];
      if (ready.length > 0) await sink.applyTogether?.(ready, existing);
    };
    await block(work, bind, {
      ...sink,
      apply: async (operation) => void operations.push(operation),
      query: async (sql, params) => {
        await flush();
        return sink.query(sql, params);
      },
      transaction: async (data) => {
        await flush();
        return sink.transaction(data);
      },
    });
    await flush();
  };

  const op: OperationVerbs<Data> & RegisteredVerbs = {
    ...registeredVerbs(registry, verb),
    createTable: verb('createTable', createTable),
    dropTable: verb('dropTable', dropTable),
    renameTable: verb('renameTable', renameTable),
    createTableComment: verb('createTableComment', createTableComment),
    dropTableComment: verb('dropTableComment', dropTableComment),
    addColumn: verb('addColumn', addColumn),
    dropColumn: verb('dropColumn', dropColumn),
    alterColumn: verb('alterColumn', alterColumn),
    renameColumn: verb('renameColumn', renameColumn),
    createIndex: verb('createIndex', createIndex),
    dropIndex: verb('dropIndex', dropIndex),
    renameIndex: verb('renameIndex', renameIndex),
    createPrimaryKey: verb('createPrimaryKey', createPrimaryKey),
    createForeignKey: verb('createForeignKey', createForeignKey),
    createUniqueConstraint: verb('createUniqueConstraint', createUniqueConstraint),
    createCheckConstraint: verb('createCheckConstraint', createCheckConstraint),
    dropConstraint: verb('dropConstraint', dropConstraint),
    createSchema: verb('createSchema', createSchema),
    dropSchema: verb('dropSchema', dropSchema),
    createEnum: verb('createEnum', createEnum),
    dropEnum: verb('dropEnum', dropEnum),
    alterEnum: verb('alterEnum', alterEnum),
    createView: verb('createView', createView),
    dropView: verb('dropView', dropView),
    createMaterializedView: verb('createMaterializedView', createMaterializedView),
    dropMaterializedView: verb('dropMaterializedView', dropMaterializedView),
    refreshMaterializedView: verb('refreshMaterializedView', refreshMaterializedView),
    createPartition: verb('createPartition', createPartition),
    dropPartition: verb('dropPartition', dropPartition),
    alterRowLevelSecurity: verb('alterRowLevelSecurity', alterRowLevelSecurity),
    createPolicy: verb('createPolicy', createPolicy),
    dropPolicy: verb('dropPolicy', dropPolicy),
    createTrigger: verb('createTrigger', createTrigger),
    dropTrigger: verb('dropTrigger', dropTrigger),
    createRoutine: verb('createRoutine', createRoutine),
    dropRoutine: verb('dropRoutine', dropRoutine),
    validateConstraint: verb('validateConstraint', validateConstraint),
    execute: verb('execute', execute),
    bulkInsert: verb('bulkInsert', bulkInsert),
    query: <T>(sql: string, params?: Parameters<typeof checkedQuery>[2]) => {
      let rows: T[] = [];
      const done = prepared(
        'query',
        () => checkedQuery('query', sql, params),
        async (query) => {
          rows = (await sink.query(query.sql, query.params)) as T[];
        },
      );
      return handled(done.then(() => rows));
    },
    transaction: (work) => queue.occupy('transaction', () => sink.transaction(functionOf('transaction', work))),
    autocommitBlock: (work) =>
      queue.occupy('autocommitBlock', () => {
        const run = functionOf('autocommitBlock', work);
        return sink.autocommitBlock(() => block(run, parts.bind));
      }),
    batchAlterTable: (table, work, options) =>
      queue.occupy('batchAlterTable', () => {
        const batch = tableBatch(table, options);
        const run = functionOf('batchAlterTable', work);
        const bind = (operation: Operation): Operation => parts.bind(batch.bind(operation));
        return sink.applyTogether === undefined ? block(run, bind) : gathered(run, bind, batch);
      }),
    invoke: verb('invoke', (operation: AnyOperation) => registry.given(operation)),
    dialect: context.dialect,
    offline: context.offline,
    connection: context.connection,
    // asked for when the revision does, since whoever watches the context learns from it that the revision depends on them
    get xArguments() {
      return Object.freeze({ ...context.xArguments });
    },
    get tag() {
      return context.tag;
    },
  };
  return { op: Object.freeze(op), queue };
}

function registeredVerbs(
  registry: OperationRegistry,
  verb: (name: string, operationOf: (...args: readonly unknown[]) => AnyOperation) => unknown,
): RegisteredVerbs {
  const verbs = registry.definitions.map((definition) => [
    definition.kind,
    verb(definition.kind, (...args) => registry.operation(definition, args)),
  ]);
  return Object.fromEntries(verbs) as RegisteredVerbs;
}

/** The tool's own operations that an operation is made of, in order: itself, unless the application registered it. */
async function partsOf<Data>(operation: AnyOperation, parts: ScopeParts<Data>): Promise<readonly Operation[]> {
  const definition = parts.context.registry.get(operation.kind);
  return definition === undefined ? [operation as Operation] : gatheredParts(definition, operation, parts);
}

async function gatheredParts<Data>(
  { kind, apply }: RegisteredDefinition,
  operation: OperationData,
  { context, within }: ScopeParts<Data>,
): Promise<readonly Operation[]> {
  if (within.includes(kind)) {
    throw new InvalidOperationError(kind, `is made of itself: ${[...within, kind].join(' > ')}.`);
  }
  const gathered: Operation[] = [];
  const refuse = (verb: string) => (): never => {
    const problem = `was called by the definition of op.${kind}, which has to be the same without a database.`;
    throw new MisplacedOperationError(verb, 'insideOperation', problem, 'Call it in the revision.');
  };
  const refused = {
    query: refuse('query'),
    transaction: refuse('transaction'),
    autocommitBlock: refuse('autocommitBlock'),
    batchAlterTable: refuse('batchAlterTable'),
  };
  const { op, queue } = openScope<never>({
    sink: { ...refused, apply: async (part) => void gathered.push(part) },
    context,
    within: [...within, kind],
    outcome: {},
    kind: 'revision',
    bind: (part) => part,
  });
  try {
    await apply(overridden(op, refused), operation);
  } finally {
    // what was called and not awaited belongs to it as well, and an earlier failure there is the one to tell
    await queue.close();
  }
  return gathered;
}

/** `op` with some of its verbs replaced. To spread it would ask for its properties, which the revision has not done. */
function overridden<T extends object>(op: T, others: Partial<T>): T {
  const properties = { ...Object.getOwnPropertyDescriptors(op), ...Object.getOwnPropertyDescriptors(others) };
  return Object.defineProperties({}, properties) as T;
}

function tableBatch(table: string, options?: InSchema & { existing?: ExistingTableOptions }): TableBatch {
  const site = tableSite('batchAlterTable', table);
  const { schema, existing } = optionsOf(site, options, { ...schemaKinds, existing: 'any' });
  return new TableBatch(
    nameOf(site, 'a name', table),
    schema,
    existing === undefined ? undefined : existingTable(table, schema, existing),
  );
}

function functionOf<F>(verb: string, work: F): F {
  if (typeof work === 'function') return work;
  throw new InvalidOperationError(verb, `needs a function, and got ${describe(work)}.`);
}

/** A promise derived from one that is marked handled, marked as well. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
