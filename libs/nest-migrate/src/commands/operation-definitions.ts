import { InvalidOptionError } from '../errors/configuration.errors.js';
import { OperationRegistry, type RegisteredDefinition } from '../operations/operation-registry.js';
import { isTaken } from '../operations/operations-builder.js';
import { type AnyOperationDefinition } from '../operations/registered-operations.js';

const OPTION = 'operations';

/**
 * The operations that an application registers, checked.
 *
 * @throws InvalidOptionError for a value that is no definition, for a name that `op` has already, and for a name that
 * two definitions have.
 */
export function operationRegistry(definitions: readonly AnyOperationDefinition[]): OperationRegistry {
  if (!Array.isArray(definitions)) throw new InvalidOptionError(OPTION, 'is no list');
  const kinds = new Set<string>();
  for (const definition of definitions as readonly (Partial<RegisteredDefinition> | null | undefined)[]) {
    const kind = checkedKind(definition?.kind);
    if (kinds.has(kind)) throw new InvalidOptionError(OPTION, `registers '${kind}' twice`, 'Give one another name.');
    kinds.add(kind);
    checkFunctions(kind, definition as Readonly<Record<string, unknown>>);
  }
  return new OperationRegistry(definitions as readonly RegisteredDefinition[]);
}

function checkedKind(kind: unknown): string {
  if (typeof kind !== 'string' || !/^[A-Za-z][A-Za-z0-9]*$/.test(kind)) {
    const named = kind === undefined ? 'holds something without a' : `holds ${JSON.stringify(kind)} as a`;
    throw new InvalidOptionError(OPTION, `${named} 'kind'`, "Name it as a verb, letters and digits: 'addTimestamps'.");
  }
  if (isTaken(kind)) throw new InvalidOptionError(OPTION, `registers '${kind}', which op has already`, 'Rename it.');
  return kind;
}

function checkFunctions(kind: string, definition: Readonly<Record<string, unknown>>): void {
  for (const part of ['data', 'apply', 'reverse', 'arguments']) {
    const value = definition[part];
    const isOptional = part === 'reverse' || part === 'arguments';
    if (typeof value === 'function' || (isOptional && value === undefined)) continue;
    throw new InvalidOptionError(OPTION, `has no function as '${part}' of '${kind}'`);
  }
}
