import { InvalidOperationError, IrreversibleOperationError } from '../errors/operation.errors.js';
import { ownDefinitions } from './all.js';
import { describe, didYouMean } from './arguments.js';
import { type Argument, type Call, SqlText } from './call.js';
import { type KindDefinition, type OperationData } from './define.js';
import { frozen } from './frozen.js';
import { type AnyOperation, type DeclarativeOperations } from './registered-operations.js';
import { encodingProblem, type Value } from './value.js';

/** A definition of the application, without the types of its operation. */
export interface RegisteredDefinition {
  readonly kind: string;
  readonly data: (...args: readonly unknown[]) => unknown;
  readonly apply: (op: DeclarativeOperations, operation: OperationData) => unknown;
  readonly reverse?: (operation: OperationData) => OperationData | readonly OperationData[];
  readonly arguments?: (operation: OperationData) => readonly unknown[];
}

/** The definitions of all operations, by kind: the library's own and those that the application registered. */
export class OperationRegistry {
  /** The registry of an application without operations of its own. */
  static readonly empty = new OperationRegistry([]);
  readonly #definitions: ReadonlyMap<string, KindDefinition>;
  readonly #registered: ReadonlyMap<string, RegisteredDefinition>;
  /** The builders of all operations, by the name of the verb. Each returns its operation. */
  readonly builders: Readonly<Record<string, (...args: never[]) => OperationData>>;

  /** @param registered the application's definitions, whose names have been checked. */
  constructor(registered: readonly RegisteredDefinition[]) {
    this.#registered = new Map(registered.map((definition) => [definition.kind, definition]));
    const declared = registered.map((definition) => [definition.kind, this.#declared(definition)] as const);
    this.#definitions = new Map([...ownDefinitions, ...declared]);
    this.builders = Object.assign(
      {},
      ...[...this.#definitions.values()].map((definition) => definition.builders),
    ) as Record<string, (...args: never[]) => OperationData>;
  }

  /** The text of what the application registered, which is another one where an operation does something else. */
  get text(): string {
    return JSON.stringify([...this.#registered], (_, value: unknown) =>
      typeof value === 'function' ? String(value) : value,
    );
  }

  /** The `apply` of an operation that the application registered; `undefined` for any other. */
  applyOf(kind: string): RegisteredDefinition['apply'] | undefined {
    return this.#registered.get(kind)?.apply;
  }

  /** Whether there is an operation of that kind. For operations that come from outside. */
  knows(kind: unknown): boolean {
    return typeof kind === 'string' && this.#definitions.has(kind);
  }

  /**
   * Checks an operation that was given as data, and returns it frozen.
   *
   * @throws InvalidOperationError where it is no operation, or its kind is not registered.
   */
  given(operation: unknown): AnyOperation {
    if (!isPlainObject(operation)) {
      throw new InvalidOperationError('invoke', `needs an operation, and got ${describe(operation)}.`);
    }
    const kind = operation['kind'];
    if (!this.knows(kind)) {
      const known = [...this.#definitions.keys()];
      const cure = typeof kind === 'string' ? didYouMean(kind, known) : `Known are ${known.join(', ')}.`;
      throw new InvalidOperationError('invoke', `knows no operation of the kind ${describe(kind)}.`, cure);
    }
    const data = operation as Record<string, unknown> & OperationData;
    const problem = this.invalidValueIn(data);
    if (problem !== undefined) throw new InvalidOperationError('invoke', `got ${problem}.`, DATA_CURE);
    return accepted('invoke', data);
  }

  /**
   * What is wrong with a value in an operation that was given as data, in words; `undefined` where nothing is, and for
   * operations of the application.
   */
  invalidValueIn(operation: OperationData): string | undefined {
    return this.#registered.has(operation.kind) ? undefined : encodingProblem(operation);
  }

  /**
   * Returns the operations that reverse an operation, in the order in which they have to run.
   *
   * @throws IrreversibleOperationError where the operation does not hold what is needed, or its definition has no
   * `reverse`.
   */
  reverse(operation: AnyOperation): readonly AnyOperation[] {
    return this.#definitionOf(operation).reverse(operation as never) as readonly AnyOperation[];
  }

  /**
   * Returns the call that builds the same operation.
   *
   * @throws InvalidOperationError where the `arguments` of a registered definition hold what a revision cannot contain.
   */
  call(operation: AnyOperation): Call {
    return this.#definitionOf(operation).call(operation as never);
  }

  #definitionOf({ kind }: OperationData): KindDefinition {
    const definition = this.#definitions.get(kind);
    if (definition === undefined) throw new TypeError(`No operation has the kind '${kind}'`);
    return definition;
  }

  /** A definition of the application in the form of the library's own. */
  #declared(definition: RegisteredDefinition): KindDefinition {
    const { kind, data } = definition;
    return {
      kind,
      alters: undefined,
      builders: {
        [kind]: (...args: readonly unknown[]): OperationData => {
          const made = data(...args);
          if (isPlainObject(made)) return accepted(kind, { ...made, kind });
          throw new InvalidOperationError(kind, `its 'data' returns ${describe(made)}.`, DATA_CURE);
        },
      },
      // those of its parts are asked
      changes: () => [],
      reverse: (operation: OperationData) => {
        if (definition.reverse === undefined) {
          throw new IrreversibleOperationError(kind, null, "its definition has no 'reverse'.");
        }
        return [definition.reverse(operation)].flat().map((back) => this.given(back));
      },
      call: (operation: OperationData) => {
        const args = definition.arguments?.(operation);
        return args === undefined
          ? { verb: 'invoke', args: [argumentOf({ ...operation, warning: undefined }, kind)] }
          : { verb: kind, args: args.map((arg) => argumentOf(arg, kind)) };
      },
      describe: () => [`operation '${kind}'`],
    };
  }
}

const DATA_CURE = 'It has to be an object that JSON holds.';

/**
 * Data of a registered operation as an argument.
 *
 * @throws InvalidOperationError for a function or a symbol.
 */
function argumentOf(data: unknown, kind: string): Argument | undefined {
  if (data === undefined) return undefined;
  if (typeof data === 'string') return new SqlText(data);
  if (Array.isArray(data)) return data.map((item) => argumentOf(item ?? null, kind) ?? null);
  if (typeof data === 'object' && data !== null && !(data instanceof Date) && !(data instanceof Uint8Array)) {
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, argumentOf(item, kind)]));
  }
  if (typeof data !== 'function' && typeof data !== 'symbol') return data as Value;
  throw new InvalidOperationError(kind, `its 'arguments' hold a ${typeof data}, which a revision can't say.`);
}

function accepted(verb: string, operation: Record<string, unknown> & OperationData): AnyOperation {
  const problem = foreignTo(operation, '');
  if (problem !== undefined) throw new InvalidOperationError(verb, `got ${problem}.`, DATA_CURE);
  return frozen(operation) as unknown as AnyOperation;
}

/** What in a value JSON cannot hold, in words; `undefined` where it can hold all of it. */
function foreignTo(value: unknown, path: string): string | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return undefined;
  if (!Array.isArray(value) && !isPlainObject(value)) {
    const what = typeof value === 'object' ? `a ${value.constructor.name}` : describe(value);
    return `${what} as '${path}'`;
  }
  for (const [key, item] of Object.entries(value)) {
    const problem = foreignTo(item, path === '' ? key : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
