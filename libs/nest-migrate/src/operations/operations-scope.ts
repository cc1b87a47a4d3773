import { InvalidOperationError, MisplacedOperationError } from '../errors/operation.errors.js';
import { type builders as ownBuilders, type Operation } from './all.js';
import { describe, nameOf, optionsOf, schemaKinds, tableSite } from './arguments.js';
import { type Backfill, type BackfillOptions, checkedBackfill } from './backfill.js';
import { type AlterAssertion, type InSchema, type OperationData } from './define.js';
import { frozen } from './frozen.js';
import { checkedQuery } from './kinds/data.operations.js';
import { existingTable, type ExistingTableOptions } from './kinds/table.operations.js';
import { type OperationRegistry } from './operation-registry.js';
import { type AnyOperation, type RegisteredVerbs } from './registered-operations.js';
import { TableBatch } from './table-batch.js';
import { type Outcome, VerbQueue } from './verb-queue.js';
import { type OperationSink, type OperationVerbs } from './verbs.js';

/** What `op` reports about the run, and the registry of operations. */
export interface OperationsContext extends Pick<
  OperationVerbs<unknown>,
  'dialect' | 'offline' | 'connection' | 'xArguments' | 'tag'
> {
  readonly registry: OperationRegistry;
}

/** What a scope needs. */
export interface ScopeParts<Data> {
  readonly sink: OperationSink<Data>;
  readonly context: OperationsContext;
  /** The kinds of the registered operations whose parts are being collected, outermost first. */
  readonly within: readonly string[];
  readonly outcome: Outcome;
  readonly kind: 'revision' | 'block';
  readonly bind: (operation: Operation) => Operation;
}

type Op<Data> = OperationVerbs<Data> & RegisteredVerbs;

/** The verbs that build operations, bound to the scope: calling one passes its operation on. */
type Bound = {
  readonly [V in keyof typeof ownBuilders]: (...args: Parameters<(typeof ownBuilders)[V]>) => Promise<void>;
} & RegisteredVerbs;

/** A revision, or a block within it. Each has an `op` and a queue of its own; all share one outcome. */
export class Scope<Data> {
  readonly queue: VerbQueue;
  readonly op: Op<Data>;

  constructor(private readonly parts: ScopeParts<Data>) {
    this.queue = new VerbQueue(parts.outcome, parts.kind);
    this.op = Object.freeze(this.#verbs());
  }

  #verbs(): Op<Data> {
    const { queue } = this;
    const { context, sink } = this.parts;
    const { builders } = context.registry;
    const op: Omit<Op<Data>, keyof Bound> = {
      query: (sql, params) => this.#query(sql, params),
      transaction: (work) => queue.occupy('transaction', () => sink.transaction(functionOf('transaction', work))),
      autocommitBlock: (work) =>
        queue.occupy('autocommitBlock', () => {
          const run = functionOf('autocommitBlock', work);
          return sink.autocommitBlock(() => this.#block(run));
        }),
      backfill: (options) => this.#backfill(options),
      batchAlterTable: (table, work, options) =>
        queue.occupy('batchAlterTable', () => {
          const batch = tableBatch(table, options);
          const run = functionOf('batchAlterTable', work);
          return sink.applyTogether === undefined ? this.#block(run, { batch }) : this.#gathered(run, batch);
        }),
      invoke: this.#verb('invoke', (operation: AnyOperation) => context.registry.given(operation)),
      dialect: context.dialect,
      offline: context.offline,
      connection: context.connection,
      // read when the revision reads it, since the context records that the revision depends on it
      get xArguments() {
        return Object.freeze({ ...context.xArguments });
      },
      get tag() {
        return context.tag;
      },
    };
    // one by one: each revision has all of them, and lists of entries take five times as long
    const bound = op as Record<string, unknown>;
    for (const name in builders) bound[name] = this.#verb(name, builders[name]);
    return op as Op<Data>;
  }

  #verb<Arguments extends readonly unknown[]>(
    name: string,
    operationOf: (...args: Arguments) => OperationData,
  ): (...args: Arguments) => Promise<void> {
    return (...args) =>
      this.#prepared(
        name,
        () => operationOf(...args),
        async (operation) => {
          for (const part of await partsOf(operation as AnyOperation, this.parts)) {
            const bound = this.parts.bind(part);
            await this.parts.sink.apply(bound === part ? part : frozen(bound));
          }
        },
      );
  }

  /**
   * Arguments are read when a verb is called, since the caller may change them before its turn. Wrong ones are reported
   * at its turn, since the verbs that were called before still have to run.
   */
  #prepared<T>(verb: string, prepare: () => T, work: (prepared: T) => Promise<void>): Promise<void> {
    let ready: { readonly value: T } | { readonly error: unknown };
    try {
      ready = { value: prepare() };
    } catch (error) {
      ready = { error };
    }
    return this.queue.run(verb, async () => {
      if ('error' in ready) throw ready.error;
      await work(ready.value);
    });
  }

  #backfill<Row>(options: BackfillOptions<Data, Row>): Promise<void> {
    let checked: () => Backfill<Data>;
    try {
      const backfill = checkedBackfill(options);
      checked = () => backfill;
    } catch (error) {
      checked = () => {
        throw error;
      };
    }
    return this.queue.occupy('backfill', async () => this.parts.sink.backfill(checked()));
  }

  #query<T>(sql: string, params: Parameters<typeof checkedQuery>[2]): Promise<T[]> {
    let rows: T[] = [];
    const done = this.#prepared(
      'query',
      () => checkedQuery('query', sql, params),
      async (query) => {
        rows = (await this.parts.sink.query(query.sql, query.params)) as T[];
      },
    );
    return handled(done.then(() => rows));
  }

  /** Runs `work` with an `op` of its own, whose operations are bound to the table of `batch`. */
  async #block(
    work: (op: Op<Data>) => Promise<void>,
    { batch, sink = this.parts.sink }: { readonly batch?: TableBatch; readonly sink?: OperationSink<Data> } = {},
  ): Promise<void> {
    const { outcome, bind: outer } = this.parts;
    const bind = batch === undefined ? outer : (operation: Operation) => outer(batch.bind(operation));
    const own = batch === undefined ? sink : { ...sink, backfill: refusedInBatch };
    const inner = new Scope({ ...this.parts, sink: own, kind: 'block', bind });
    try {
      await work(inner.op);
    } catch (error) {
      outcome.failure ??= { error };
    }
    await inner.queue.close();
  }

  /** Runs a batch whose operations are applied together at its end. A query within it sees those called before it. */
  async #gathered(work: (op: Op<Data>) => Promise<void>, batch: TableBatch): Promise<void> {
    const { sink } = this.parts;
    let operations: Operation[] = [];
    const flush = async (): Promise<void> => {
      const ready = operations;
      operations = [];
      if (ready.length > 0) await sink.applyTogether?.(ready, batch.existing);
    };
    const gathering: OperationSink<Data> = {
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
    };
    await this.#block(work, { batch, sink: gathering });
    await flush();
  }
}

/**
 * The library's own operations that make up an operation, in order. That is the operation itself, unless the
 * application registered it.
 */
async function partsOf<Data>(operation: AnyOperation, parts: ScopeParts<Data>): Promise<readonly Operation[]> {
  const { context, within } = parts;
  const { kind } = operation;
  const apply = context.registry.applyOf(kind);
  if (apply === undefined) return [operation as Operation];
  if (within.includes(kind)) {
    throw new InvalidOperationError(kind, `is made of itself: ${[...within, kind].join(' > ')}.`);
  }
  const gathered: Operation[] = [];
  const refused = refusedIn(kind);
  const { op, queue } = new Scope<never>({
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
    // verbs that were not awaited belong to it as well, and an earlier failure there is the one to report
    await queue.close();
  }
  return gathered;
}

/** The verbs that the definition of a registered operation must not call. */
function refusedIn(kind: string) {
  const refuse = (verb: string) => (): never => {
    const problem = `was called by the definition of op.${kind}, which has to be the same without a database.`;
    throw new MisplacedOperationError(verb, 'insideOperation', problem, 'Call it in the revision.');
  };
  return {
    query: refuse('query'),
    transaction: refuse('transaction'),
    autocommitBlock: refuse('autocommitBlock'),
    backfill: refuse('backfill'),
    batchAlterTable: refuse('batchAlterTable'),
  };
}

function refusedInBatch(): Promise<never> {
  const problem = 'was called in op.batchAlterTable, which may be one statement.';
  throw new MisplacedOperationError('backfill', 'insideBlock', problem, 'Call it before or after that block.');
}

/**
 * `op` with some of its verbs replaced. Descriptors are copied, since a spread would read properties that record their
 * use.
 */
function overridden<T extends object>(op: T, others: Partial<T>): T {
  const properties = { ...Object.getOwnPropertyDescriptors(op), ...Object.getOwnPropertyDescriptors(others) };
  return Object.defineProperties({}, properties) as T;
}

function tableBatch(
  table: string,
  options?: InSchema & AlterAssertion & { existing?: ExistingTableOptions },
): TableBatch {
  const site = tableSite('batchAlterTable', table);
  const kinds = {
    ...schemaKinds,
    existing: 'any',
    algorithm: ['instant', 'nocopy', 'inplace', 'copy'],
    lock: ['none', 'shared', 'exclusive'],
  } as const;
  const { schema, existing, algorithm, lock } = optionsOf(site, options, kinds);
  return new TableBatch(
    nameOf(site, 'a name', table),
    schema,
    existing === undefined ? undefined : existingTable(table, schema, existing),
    { algorithm, lock },
  );
}

function functionOf<F>(verb: string, work: F): F {
  if (typeof work === 'function') return work;
  throw new InvalidOperationError(verb, `needs a function, and got ${describe(work)}.`);
}

/** A promise derived from a handled one, marked as handled as well. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
