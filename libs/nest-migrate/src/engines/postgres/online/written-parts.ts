import { objectChanges } from '../../../operations/all.js';
import { isKey } from '../../../operations/object-change.js';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { placeAfter } from '../../../operations/kinds/table.operations.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { tableRenames } from '../../../operations/touched-tables.js';
import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import { type Ddl } from '../../ddl/ddl.js';
import { type OnlinePart, type OnlineStep, stepsOf, warned } from '../../online/online.js';
import { type MovedColumnFacts } from './moved-column-facts.js';
import { type PartitionFacts, type TableFacts } from './table-facts.js';
import { type OfTable, partitionOf, placeOf } from './table-place.js';

/** All that two operations drop, without what either of them leaves. */
function joinedParts(
  first: OperationOf<'dropDependents'>,
  second: OperationOf<'dropDependents'>,
): OperationOf<'dropDependents'> {
  const columns = new Map(
    [...(first.columns ?? []), ...(second.columns ?? [])].map((one) => [`${keyOf(placeOf(one))} ${one.column}`, one]),
  );
  const except = [...new Set([...(first.except ?? []), ...(second.except ?? [])])];
  return { ...first, columns: [...columns.values()], ...(except.length > 0 && { except }) };
}

/** The names of the indexes and constraints that an operation drops or creates. */
function partNames(operation: AnyOperation): readonly string[] {
  return objectChanges(operation).flatMap(({ does, object, name = '' }) =>
    isKey(object) && (does === 'creates' || does === 'drops') ? [name] : [],
  );
}

/** How columns move to new ones. */
export interface MoveParts {
  /** What is done while the columns are in use. */
  readonly before: readonly OnlinePart[];
  /** One short transaction, in which the new ones take their names. */
  readonly swap: readonly Operation[];
  /** What reads rows afterwards. */
  readonly after: readonly OnlinePart[];
}

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
  /** The first of each pair of operations that is open, where the second needs the transaction of the first. */
  readonly #open: AnyOperation[] = [];
  /** Where the first of those begins among the parts. */
  #bracket = 0;
  readonly #created = new Set<string>();
  /** The parts of tables that moved to a new column with it. */
  readonly #moved = new Set<string>();
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
    return this.#open.length > 0;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Begins what must stay in one transaction. */
  open(operation: AnyOperation): void {
    if (!this.isBracketed) this.#bracket = this.#parts.length;
    this.#open.push(operation);
    this.plain(operation);
  }

  close(operation: AnyOperation): void {
    this.plain(operation);
    this.#open.pop();
    if (!this.isBracketed) this.#parts.push(...this.#waiting.splice(0));
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

  /**
   * Writes how a column moves to a new one. In a transaction that must stay whole only the swap is part of that, and what
   * restores objects at its end restores those of the swap.
   */
  move({ warning }: { readonly warning?: string }, { before, swap, after }: MoveParts): void {
    const [first, ...others] = before;
    if (first === undefined || 'backfill' in first) return;
    const told = warning === undefined ? first : { ...first, operation: warned(first.operation, warning) };
    if (!this.isBracketed) {
      this.#parts.push(told, ...others, ...swap.map(inside), ...after);
      return;
    }
    this.#parts.splice(this.#bracket, 0, told, ...others);
    this.#bracket += before.length;
    this.#parts.push(...this.#withinOpen(swap).map(inside));
    this.#waiting.push(...after);
  }

  /** A swap in a transaction whose end restores everything: what the swap drops is dropped where that begins. */
  #withinOpen(swap: readonly Operation[]): readonly Operation[] {
    const left = new Set<string>();
    if (this.#open.some(({ kind }) => kind === 'keepAttributes')) left.add('restoreAttributes');
    const at = this.#parts.findLastIndex(
      (part) => 'operation' in part && part.operation.kind === 'dropDependents' && this.#open.includes(part.operation),
    );
    const opened = this.#parts[at];
    const own = swap.find((operation) => operation.kind === 'dropDependents');
    if (opened !== undefined && 'operation' in opened && own !== undefined) {
      left.add('dropDependents').add('restoreDependents');
      const joined = joinedParts(opened.operation as OperationOf<'dropDependents'>, own);
      this.#open.splice(this.#open.indexOf(opened.operation), 1, joined);
      this.#parts.splice(at, 1, inside(joined));
    }
    return swap.filter(({ kind }) => !left.has(kind));
  }

  /**
   * What hangs on a column that moves, without what the operations drop before that or create behind it; why it cannot
   * move, where it cannot.
   */
  movedColumn(operation: OfTable, column: string): MovedColumnFacts | string {
    const found = this.facts.movedColumn(placeOf(operation), column);
    if (found === undefined) return 'this database does not have it';
    const others = this.operations.filter(
      (other) => other !== operation && 'table' in other && keyOf(placeOf(other)) === keyOf(placeOf(operation)),
    );
    const isRenamed =
      tableRenames(this.operations).some(({ after }) => keyOf(after) === keyOf(placeOf(operation))) ||
      others.some((other) => other.kind === 'renameColumn');
    if (isRenamed) return 'the revision also renames the table or a column of it';
    const gone = new Set(others.flatMap(partNames));
    const kept = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] =>
      list.filter(({ name }) => !gone.has(name));
    const facts: MovedColumnFacts = {
      ...found,
      indexes: kept(found.indexes),
      keys: kept(found.keys),
      checks: kept(found.checks),
      foreignKeys: kept(found.foreignKeys),
      referring: found.referring.filter(
        ({ table, key }) =>
          !this.operations.some(
            (other) =>
              'table' in other && keyOf(placeOf(other)) === keyOf(table) && partNames(other).includes(key.name),
          ),
      ),
    };
    const shared = [...facts.indexes, ...facts.keys, ...facts.checks].map(
      ({ name }) => `${keyOf(placeOf(operation))} ${name}`,
    );
    const again = shared.find((name) => this.#moved.has(name));
    if (again !== undefined) return 'another column that moves is in the same index or constraint';
    for (const name of shared) this.#moved.add(name);
    return facts;
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
