import { type Operation } from './all.js';
import { type Reviewed } from './define.js';
import { type OperationVerbs } from './verbs.js';

/**
 * The application's own operations, for the compiler: an application adds each as a method, whose parameters are those
 * of the verb and whose result is the operation's data. What runs is an {@link OperationDefinition} in the option
 * `operations`; both doors read the same declaration.
 *
 * @example
 * declare module 'nest-migrate' {
 *   interface RegisteredOperations {
 *     // op.addTimestamps('book') in revisions, { kind: 'addTimestamps', table: 'book' } in hooks
 *     addTimestamps(table: string): { table: string };
 *   }
 * }
 */
export interface RegisteredOperations {}

/** The names of the application's own operations. */
export type RegisteredKind = Extract<keyof RegisteredOperations, string>;

/** What the verb of a registered operation is called with. */
export type RegisteredArguments<K extends RegisteredKind> = RegisteredOperations[K] extends (
  ...args: infer Arguments
) => object
  ? Arguments
  : never;

/** A registered operation as data: its `kind`, and what its definition's `data` made of the arguments. */
export type RegisteredOperation<K extends RegisteredKind = RegisteredKind> = {
  readonly [N in K]: Reviewed & {
    /** The name of the operation, under which it is registered. */
    readonly kind: N;
  } & (RegisteredOperations[N] extends (...args: never[]) => infer Data ? Readonly<Data> : never);
}[K];

/** Any operation: one of the tool's own, or one that the application registered. */
export type AnyOperation = Operation | RegisteredOperation;

/** The verbs of the registered operations, as `op` has them. */
export type RegisteredVerbs = {
  readonly [K in keyof RegisteredOperations]: RegisteredOperations[K] extends (...args: infer Arguments) => object
    ? (...args: Arguments) => Promise<void>
    : never;
};

/**
 * `op` as a definition's `apply` gets it: the verbs that stand for operations, without those that run code or queries.
 */
export type DeclarativeOperations = Omit<
  OperationVerbs<never>,
  'query' | 'transaction' | 'autocommitBlock' | 'batchAlterTable'
> &
  RegisteredVerbs;

/**
 * What a registered operation is: its verb, its data, and what it is made of. It runs wherever the tool's own do: in
 * revisions, in scripts of `--sql`, inside `batchAlterTable` (as far as it is made of changes of that table) and in
 * hooks. Alembic's `Operations.register_operation` and `implementation_for`.
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
 * MigrationModule.forRoot({ operations: [addTimestamps, dropTimestamps] })
 */
export interface OperationDefinition<K extends RegisteredKind> {
  /** The name of the verb, and the `kind` of its operations: letters and digits, not a name that `op` has already. */
  readonly kind: K;
  /**
   * Makes the data of the arguments, when the verb is called: plain objects, lists, texts, finite numbers, `true`,
   * `false` and `null`. Throws where the arguments cannot be meant; nothing has run then.
   */
  readonly data: RegisteredOperations[K];
  /**
   * Says by the verbs of `op` what the operation is made of; `op.dialect` tells the engine apart. What it asks for is
   * gathered and runs once it has ended, in the operation's place. It sees no rows, so that it is the same in a script:
   * `query`, `transaction` and blocks are not there. `op.execute` takes a `postcondition`, as in a revision.
   */
  readonly apply: (op: DeclarativeOperations, operation: RegisteredOperation<K>) => unknown;
  /** What undoes it, in order; absent where nothing does. For hooks that write both directions. */
  readonly reverse?: (operation: RegisteredOperation<K>) => AnyOperation | readonly AnyOperation[];
  /**
   * The arguments that make this data again: what a new revision that holds the operation says. Absent: it says
   * `op.invoke({ … })`.
   */
  readonly arguments?: (operation: RegisteredOperation<K>) => RegisteredArguments<K>;
}

/** The definition of any registered operation. */
export type AnyOperationDefinition = { readonly [K in RegisteredKind]: OperationDefinition<K> }[RegisteredKind];
