import { createHash } from 'node:crypto';
import { type Operation } from '../operations/operation.js';

/** The longest text of an operation that is kept as it is. Of a longer text only a digest is kept. */
const LONGEST_OPERATION = 4_000;

/**
 * Operations as text: the same operations always give the same text. It does not contain their statements, which may
 * differ between versions.
 */
export function operationsText(operations: readonly Operation[]): string {
  return operations.map(operationText).join('\n');
}

function operationText(operation: Operation): string {
  const { kind, ...rest } = operation;
  const text = JSON.stringify({ kind, ...sorted(rest) });
  if (text.length <= LONGEST_OPERATION) return text;
  return JSON.stringify({ kind, sha256: createHash('sha256').update(text).digest('hex') });
}

function sorted(value: object): object {
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'warning')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, inOrder(item)]));
}

/** Lists keep their order, which has a meaning. The keys of records are sorted, since their order has none. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  return typeof value === 'object' && value !== null ? sorted(value) : value;
}
