import { InvalidOperationError, IrreversibleOperationError } from '../errors/operation.errors.js';
import { describe, didYouMean } from './arguments.js';
import { frozen } from './frozen.js';
import { type Operation } from './operation.js';
import { type AnyOperation, type DeclarativeOperations } from './registered-operations.js';
import { isOperationKind, operationKinds, reverse } from './reverse.js';

/** An operation whose kind only the application knows. */
export interface OperationData {
  readonly kind: string;
}

/** A definition as the registry sees it, which knows no names. */
export interface RegisteredDefinition {
  readonly kind: string;
  readonly data: (...args: readonly unknown[]) => unknown;
  readonly apply: (op: DeclarativeOperations, operation: OperationData) => unknown;
  readonly reverse?: (operation: OperationData) => OperationData | readonly OperationData[];
  readonly arguments?: (operation: OperationData) => readonly unknown[];
}

/** The operations that the application registered, by kind. Their names have been checked. */
export class OperationRegistry {
  /** Of an application without operations of its own. */
  static readonly empty = new OperationRegistry([]);
  readonly #definitions: ReadonlyMap<string, RegisteredDefinition>;

  constructor(definitions: readonly RegisteredDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.kind, definition]));
  }

  get definitions(): readonly RegisteredDefinition[] {
    return [...this.#definitions.values()];
  }

  get(kind: string): RegisteredDefinition | undefined {
    return this.#definitions.get(kind);
  }

  /** Whether there is an operation of that kind, for operations that come from outside. */
  knows(kind: unknown): boolean {
    return isOperationKind(kind) || (typeof kind === 'string' && this.#definitions.has(kind));
  }

  /**
   * The operation of a call of a registered verb.
   *
   * @throws InvalidOperationError where what `data` makes is not JSON; whatever `data` throws.
   */
  operation({ kind, data }: RegisteredDefinition, args: readonly unknown[]): AnyOperation {
    const made = data(...args);
    if (!isPlainObject(made)) throw new InvalidOperationError(kind, `its 'data' answers ${describe(made)}.`, DATA_CURE);
    return accepted(kind, { ...made, kind });
  }

  /**
   * An operation that was given as data, frozen.
   *
   * @throws InvalidOperationError where it is none, or of a kind that nobody registered.
   */
  given(operation: unknown): AnyOperation {
    if (!isPlainObject(operation)) {
      throw new InvalidOperationError('invoke', `needs an operation, and got ${describe(operation)}.`);
    }
    const kind = operation['kind'];
    if (!this.knows(kind)) {
      const known = [...operationKinds(), ...this.#definitions.keys()];
      const cure = typeof kind === 'string' ? didYouMean(kind, known) : `Known are ${known.join(', ')}.`;
      throw new InvalidOperationError('invoke', `knows no operation of the kind ${describe(kind)}.`, cure);
    }
    return accepted('invoke', operation as Record<string, unknown> & OperationData);
  }

  /**
   * What undoes an operation, registered or not. See `reverse`.
   *
   * @throws IrreversibleOperationError also where the definition has no `reverse`.
   */
  reverse(operation: AnyOperation): readonly AnyOperation[] {
    const definition = this.#definitions.get(operation.kind);
    if (definition === undefined) return reverse(operation as Operation);
    if (definition.reverse === undefined) {
      throw new IrreversibleOperationError(operation.kind, null, "its definition has no 'reverse'.");
    }
    return [definition.reverse(operation)].flat().map((back) => this.given(back));
  }
}

const DATA_CURE = 'It has to be an object that JSON holds.';

function accepted(verb: string, operation: Record<string, unknown> & OperationData): AnyOperation {
  const problem = foreignTo(operation, '');
  if (problem !== undefined) throw new InvalidOperationError(verb, `got ${problem}.`, DATA_CURE);
  return frozen(operation) as unknown as AnyOperation;
}

/** What of a value JSON does not hold, in words; `undefined` where it holds all of it. */
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
