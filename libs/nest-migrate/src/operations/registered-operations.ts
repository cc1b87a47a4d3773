import { type Operation } from './all.js';
import { type Reviewed } from './define.js';
import { type OperationVerbs } from './verbs.js';

/**
 * The application's own operations, for the compiler. An application declares each as a method: its parameters are
 * those of the verb, its result is the data of the operation. An {@link OperationDefinition} in the option `operations`
 * is what runs; both use the same declaration.
 *
 * @example
 * declare module 'nest-migrate' {
 *   interface RegisteredOperations {
 *     // op.addTimestamps('book') in revisions, { kind: 'addTimestamps', table: 'book' } in hooks
 *     addTimestamps(table: string): { table: string };
 *     dropTimestamps(table: string): { table: string };
 *   }
 * }
 */
export interface RegisteredOperations {}

/** The names of the application's own operations. */
export type RegisteredKind = Extract<keyof RegisteredOperations, string>;

/** The parameters of the verb of a registered operation. */
export type RegisteredArguments<K extends RegisteredKind> = RegisteredOperations[K] extends (
  ...args: infer Arguments
) => object
  ? Arguments
  : never;

/** A registered operation as data: its `kind`, and the data that its definition builds from the arguments. */
export type RegisteredOperation<K extends RegisteredKind = RegisteredKind> = {
  readonly [N in K]: Reviewed & {
    /** The name of the operation, under which it is registered. */
    readonly kind: N;
  } & (RegisteredOperations[N] extends (...args: never[]) => infer Data ? Readonly<Data> : never);
}[K];

/** Any operation: one of the library's own, or one that the application registered. */
export type AnyOperation = Operation | RegisteredOperation;

/** The verbs of the registered operations, as members of `op`. */
export type RegisteredVerbs = {
  readonly [K in keyof RegisteredOperations]: RegisteredOperations[K] extends (...args: infer Arguments) => object
    ? (...args: Arguments) => Promise<void>
    : never;
};

/**
 * `op` as the `apply` of a definition receives it: the verbs that build operations, without those that run code or
 * queries.
 */
export type DeclarativeOperations = Omit<
  OperationVerbs<never>,
  'query' | 'transaction' | 'autocommitBlock' | 'batchAlterTable'
> &
  RegisteredVerbs;

/**
 * The definition of a registered operation: its verb, its data and its parts. It runs wherever the library's own
 * operations do: in revisions, in scripts of `--sql`, inside `batchAlterTable` (if all its parts change that table) and
 * in hooks. It corresponds to Alembic's `Operations.register_operation` and `implementation_for`.
 *
 * @typeParam K its name in {@link RegisteredOperations}.
 * @example
 * export const addTimestamps: OperationDefinition<'addTimestamps'> = {
 *   kind: 'addTimestamps',
 *   data: (table) => ({ table }),
 *   apply: async (op, { table }) => {
 *     await op.addColumn(table, 'created_at', { type: 'datetime', nullable: true });
 *     await op.addColumn(table, 'updated_at', { type: 'datetime', nullable: true });
 *   },
 *   reverse: ({ table }) => ({ kind: 'dropTimestamps', table }),
 *   arguments: ({ table }) => [table],
 * };
 *
 * MigrationModule.forRoot({ operations: [addTimestamps] });
 */
export interface OperationDefinition<K extends RegisteredKind> {
  /** The name of the verb, and the `kind` of its operations: letters and digits, not a name that `op` has already. */
  readonly kind: K;
  /**
   * Builds the data from the arguments when the verb is called: plain objects, lists, texts, finite numbers, `true`,
   * `false` and `null`. It throws where the arguments are wrong; nothing has run then.
   */
  readonly data: RegisteredOperations[K];
  /**
   * Calls the verbs of `op` that the operation consists of; `op.dialect` is the engine. The calls are collected, and
   * run in the place of the operation once this has ended. It sees no rows, so that it is the same in a script: there
   * is no `query`, no `transaction` and no block. `op.execute` takes a `postcondition`, as in a revision.
   */
  readonly apply: (op: DeclarativeOperations, operation: RegisteredOperation<K>) => unknown;
  /**
   * Returns the operations that reverse it, in order. Absent: it cannot be reversed. For hooks that write both
   * directions.
   */
  readonly reverse?: (operation: RegisteredOperation<K>) => AnyOperation | readonly AnyOperation[];
  /**
   * Returns the arguments that build this data. A new revision with the operation calls its verb with them. Absent: it
   * calls `op.invoke({ … })`.
   */
  readonly arguments?: (operation: RegisteredOperation<K>) => RegisteredArguments<K>;
}

/** The definition of any registered operation. */
export type AnyOperationDefinition = { readonly [K in RegisteredKind]: OperationDefinition<K> }[RegisteredKind];
