import { createHash } from 'node:crypto';
import { type Reviewed } from '../operations/define.js';
import { record } from '../operations/frozen.js';
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

/** Operations are frozen. The journal needs the text of each, and the digest does. */
const texts = new WeakMap<Operation, string>();

function operationText(operation: Operation): string {
  const known = texts.get(operation);
  if (known !== undefined) return known;
  const text = textOf(operation);
  texts.set(operation, text);
  return text;
}

function textOf({ kind, warning: _, ...rest }: Operation & Reviewed): string {
  const text = JSON.stringify({ kind, ...sorted(rest) });
  if (text.length <= LONGEST_OPERATION) return text;
  return JSON.stringify({ kind, sha256: createHash('sha256').update(text).digest('hex') });
}

function sorted(value: object): object {
  const names = Object.keys(value).sort();
  return record(names, (name) => inOrder((value as Record<string, unknown>)[name]));
}

/** Lists keep their order, which has a meaning. The keys of records are sorted, since their order has none. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  return typeof value === 'object' && value !== null ? sorted(value) : value;
}
