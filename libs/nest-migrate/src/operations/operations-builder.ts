import { InvalidOperationError } from '../errors/operation.errors.js';
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
import { createRoutine, dropRoutine } from './routine.operations.js';
import { alterEnum, createEnum, createSchema, dropEnum, dropSchema } from './schema.operations.js';
import { createTable, createTableComment, dropTable, dropTableComment, renameTable } from './table.operations.js';
import { TableBatch } from './table-batch.js';
import { createTrigger, dropTrigger } from './trigger.operations.js';
import { type Outcome, VerbQueue } from './verb-queue.js';
import { type OperationSink, type OperationVerbs, type TableOptions } from './verbs.js';
import {
  createMaterializedView,
  createView,
  dropMaterializedView,
  dropView,
  refreshMaterializedView,
} from './view.operations.js';

/** What `op` tells about the run beside its verbs. */
export type OperationsContext = Pick<
  OperationVerbs<unknown>,
  'dialect' | 'offline' | 'connection' | 'xArguments' | 'tag'
>;

/** The `op` of one revision, and the end of it. */
export interface OperationsRun<Data> {
  readonly op: OperationVerbs<Data>;
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
 * whether it can be done at all, is the sink's business.
 */
export function createOperations<Data>(sink: OperationSink<Data>, context: OperationsContext): OperationsRun<Data> {
  const scope = openScope({ sink, context, outcome: {}, kind: 'revision', bind: (operation) => operation });
  return { op: scope.op, finish: () => scope.queue.close() };
}

interface ScopeParts<Data> {
  readonly sink: OperationSink<Data>;
  readonly context: OperationsContext;
  readonly outcome: Outcome;
  readonly kind: 'revision' | 'block';
  readonly bind: (operation: Operation) => Operation;
}

interface Scope<Data> {
  readonly op: OperationVerbs<Data>;
  readonly queue: VerbQueue;
}

/** A revision or a block within it: an `op` with a queue of its own, and the outcome that they all share. */
function openScope<Data>(parts: ScopeParts<Data>): Scope<Data> {
  const { sink, context, outcome } = parts;
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
    <Arguments extends readonly unknown[]>(name: string, operationOf: (...args: Arguments) => Operation) =>
    (...args: Arguments): Promise<void> =>
      prepared(
        name,
        () => {
          const operation = operationOf(...args);
          const bound = parts.bind(operation);
          return bound === operation ? operation : frozen(bound);
        },
        (operation) => sink.apply(operation),
      );

  const block = async (
    work: (op: OperationVerbs<Data>) => Promise<void>,
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
    work: (op: OperationVerbs<Data>) => Promise<void>,
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

  const op: OperationVerbs<Data> = {
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
    dialect: context.dialect,
    offline: context.offline,
    connection: context.connection,
    xArguments: Object.freeze({ ...context.xArguments }),
    tag: context.tag,
  };
  return { op: Object.freeze(op), queue };
}

function tableBatch(table: string, options?: InSchema & { existing?: TableOptions }): TableBatch {
  const site = tableSite('batchAlterTable', table);
  const { schema, existing } = optionsOf(site, options, { ...schemaKinds, existing: 'any' });
  return new TableBatch(
    nameOf(site, 'a name', table),
    schema,
    existing === undefined ? undefined : createTable(table, existing),
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
