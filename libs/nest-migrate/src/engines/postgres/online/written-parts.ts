import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { placeAfter } from '../../../operations/kinds/table.operations.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import { type Ddl } from '../../ddl/ddl.js';
import { type OnlinePart, type OnlineStep, stepsOf, warned } from '../../online/online.js';
import { type PartitionFacts, type TableFacts } from './table-facts.js';
import { type OfTable, partitionOf, placeOf } from './table-place.js';

/** An operation that runs outside of a transaction. */
export function outside(operation: Operation): OnlinePart {
  return { operation, autocommit: true };
}

/** An operation that runs in the transaction of its revision. */
export function inside(operation: AnyOperation): OnlinePart {
  return { operation, autocommit: false };
}

/**
 * What is written of a function so far, and what is known of its tables at this point: which of them it has created, and
 * under which names the database has the others.
 */
export class WrittenParts {
  readonly #parts: OnlinePart[] = [];
  /** What waits for the end of a transaction that must stay whole. */
  #waiting: OnlinePart[] = [];
  /** How many pairs of operations are open of which the second needs the transaction of the first. */
  #brackets = 0;
  readonly #created = new Set<string>();
  /** The names before the operations, by the present ones. */
  readonly #before = new Map<string, QualifiedName>();

  constructor(
    readonly facts: TableFacts,
    readonly ddl: Pick<Ddl, 'statements'>,
    readonly operations: readonly AnyOperation[],
  ) {}

  steps(): readonly OnlineStep[] {
    return stepsOf([...this.#parts, ...this.#waiting]);
  }

  get isBracketed(): boolean {
    return this.#brackets > 0;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Begins what must stay in one transaction. */
  open(operation: AnyOperation): void {
    this.#brackets += 1;
    this.plain(operation);
  }

  close(operation: AnyOperation): void {
    this.plain(operation);
    this.#brackets -= 1;
    if (this.#brackets === 0) this.#parts.push(...this.#waiting.splice(0));
  }

  plain(operation: AnyOperation): void {
    this.#parts.push(inside(operation));
  }

  /** Adds a part at once, also within a transaction that must stay whole. */
  push(part: OnlinePart): void {
    this.#parts.push(part);
  }

  /** Writes a sequence; the first part has the warning of the operation that it stands for. */
  sequence({ warning }: { readonly warning?: string }, parts: readonly OnlinePart[]): void {
    const [first, ...others] = parts;
    if (first === undefined || 'backfill' in first) return;
    const all = warning === undefined ? parts : [{ ...first, operation: warned(first.operation, warning) }, ...others];
    (this.isBracketed ? this.#waiting : this.#parts).push(...all);
  }

  createTable(operation: OperationOf<'createTable'>): void {
    this.#created.add(keyOf(placeOf(operation)));
    this.plain(operation);
  }

  createPartition(operation: OperationOf<'createPartition'>): void {
    this.#created.add(keyOf(partitionOf(operation)));
    this.plain(operation);
  }

  renameTable(operation: OperationOf<'renameTable'>): void {
    const from = { name: operation.from, schema: operation.schema };
    const to = placeAfter(operation);
    if (this.#created.has(keyOf(from))) this.#created.add(keyOf(to));
    this.#before.set(keyOf(to), this.#before.get(keyOf(from)) ?? from);
    this.plain(operation);
  }

  isNew(operation: OfTable): boolean {
    return this.#created.has(keyOf(placeOf(operation)));
  }

  /** The table under the name that the database knows. */
  known(operation: OfTable): QualifiedName {
    const place = placeOf(operation);
    return this.#before.get(keyOf(place)) ?? place;
  }

  partitionsOf(operation: OfTable): readonly PartitionFacts[] | undefined {
    return this.facts.partitionsOf(this.known(operation));
  }

  /** Whether a column may be null at this point. */
  isNullable(operation: OfTable, column: string): boolean {
    const isOf = (other: AnyOperation): boolean =>
      'table' in other && keyOf(placeOf(other)) === keyOf(placeOf(operation));
    const added = this.operations.find(
      (other) => other.kind === 'addColumn' && isOf(other) && other.column.name === column,
    );
    if (added?.kind === 'addColumn') return added.column.nullable === true;
    const isChanged = this.operations.some(
      (other) =>
        other.kind === 'alterColumn' && isOf(other) && other.column === column && other.change.nullable === false,
    );
    return !isChanged && this.facts.isNullable(this.known(operation), column);
  }
}
