import { changedColumn } from '../../../operations/column-change.js';
import { isStatement } from '../../../operations/index-definition.js';
import { placeAfter } from '../../../operations/kinds/table.operations.js';
import {
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type Operation,
  type OperationOf,
} from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { isIdentity } from '../../../schema/identity.js';
import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import { type Ddl } from '../../ddl/ddl.js';
import { hasPlainItems } from '../../ddl/enum-check.js';
import { type OnlinePart, type OnlineStep, stepsOf, warned } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { postgresSql } from '../lexical-rules.js';
import { type PartitionFacts, type TableFacts } from './table-facts.js';

/** What creates something by reading all rows of a table. */
type Creation = OperationOf<
  'createIndex' | 'createUniqueConstraint' | 'createPrimaryKey' | 'createForeignKey' | 'createCheckConstraint'
>;

/**
 * Writes operations so that no request waits for longer than a moment: what reads the rows of a table runs outside of a
 * transaction, under a lock that lets others read and write. The end is the same as that of the operations.
 *
 * A table that the operations create is left out, since no request uses it yet.
 */
export class PostgresOnlineWriter {
  readonly #parts: OnlinePart[] = [];
  /** What waits for the end of a transaction that must stay whole. */
  #waiting: OnlinePart[] = [];
  /** How many pairs of operations are open of which the second needs the transaction of the first. */
  #brackets = 0;
  readonly #created = new Set<string>();
  /** The names before the operations, by the present ones. */
  readonly #before = new Map<string, QualifiedName>();
  /** Operations that are part of a later one. */
  readonly #replaced: ReadonlyMap<AnyOperation, AnyOperation>;

  constructor(
    private readonly facts: TableFacts,
    private readonly ddl: Pick<Ddl, 'statements'>,
    private readonly operations: readonly AnyOperation[],
  ) {
    this.#replaced = replacements(operations);
  }

  steps(): readonly OnlineStep[] {
    const later = new Set(this.#replaced.values());
    for (const operation of this.operations) {
      if (!later.has(operation)) this.#write(operation as Operation);
    }
    this.#parts.push(...this.#waiting);
    return stepsOf(this.#parts);
  }

  #write(operation: Operation): void {
    switch (operation.kind) {
      case 'dropDependents':
      case 'keepAttributes':
        this.#brackets += 1;
        return this.#plain(operation);
      case 'restoreDependents':
      case 'restoreAttributes':
        this.#plain(operation);
        this.#brackets -= 1;
        if (this.#brackets === 0) this.#parts.push(...this.#waiting.splice(0));
        return;
      case 'createTable':
        this.#created.add(keyOf(placeOf(operation)));
        return this.#plain(operation);
      case 'createPartition':
        this.#created.add(keyOf(partitionOf(operation)));
        return this.#plain(operation);
      case 'renameTable':
        return this.#renameTable(operation);
      case 'dropTable':
        return this.#dropTable(operation);
      case 'dropPartition':
        return this.#dropPartition(operation);
      case 'dropIndex':
        return this.#dropIndex(operation);
      case 'createIndex':
      case 'createUniqueConstraint':
      case 'createPrimaryKey':
      case 'createForeignKey':
      case 'createCheckConstraint':
        return this.#create(operation);
      case 'addColumn':
        return this.#addColumn(operation);
      case 'alterColumn':
        return this.#alterColumn(operation);
      default:
        return this.#plain(operation);
    }
  }

  #plain(operation: AnyOperation): void {
    this.#parts.push({ operation, autocommit: false });
  }

  /** Writes a sequence; the first part has the warning of the operation that it stands for. */
  #sequence({ warning }: { readonly warning?: string }, parts: readonly OnlinePart[]): void {
    const [first, ...others] = parts;
    if (first === undefined || 'backfill' in first) return;
    const all = warning === undefined ? parts : [{ ...first, operation: warned(first.operation, warning) }, ...others];
    (this.#brackets > 0 ? this.#waiting : this.#parts).push(...all);
  }

  #isNew(operation: { readonly table: string; readonly schema?: string }): boolean {
    return this.#created.has(keyOf(placeOf(operation)));
  }

  #partitionsOf(operation: {
    readonly table: string;
    readonly schema?: string;
  }): readonly PartitionFacts[] | undefined {
    const place = placeOf(operation);
    return this.facts.partitionsOf(this.#before.get(keyOf(place)) ?? place);
  }

  #renameTable(operation: OperationOf<'renameTable'>): void {
    const from = { name: operation.from, schema: operation.schema };
    const to = placeAfter(operation);
    if (this.#created.has(keyOf(from))) this.#created.add(keyOf(to));
    this.#before.set(keyOf(to), this.#before.get(keyOf(from)) ?? from);
    this.#plain(operation);
  }

  /** Each foreign key locks another table, so each goes on its own, before its table does. */
  #dropTable(operation: OperationOf<'dropTable'>): void {
    const { schema, table, previous } = operation;
    const keys = this.#brackets > 0 ? [] : (previous?.foreignKeys ?? []);
    for (const foreignKey of keys) {
      if (foreignKey.name === undefined || foreignKey.referencedTable === table) continue;
      const type = 'foreignKey';
      this.#sequence({}, [
        outside({
          kind: 'dropConstraint',
          schema,
          table,
          name: foreignKey.name,
          type,
          previous: { type, foreignKey },
        }),
      ]);
    }
    this.#plain(operation);
  }

  #dropPartition(operation: OperationOf<'dropPartition'>): void {
    const partitions = this.#partitionsOf(operation) ?? [];
    const isWithTable = this.operations.some(
      (other) => other.kind === 'dropTable' && keyOf(placeOf(other)) === keyOf(placeOf(operation)),
    );
    const isRefused = this.facts.version < 14 || partitions.some(({ isDefault }) => isDefault);
    if (isWithTable || this.#brackets > 0) return this.#plain(operation);
    if (isRefused) {
      return this.#plain(warned(operation, `${requestsOn(operation)} wait while the partition is dropped`));
    }
    this.#sequence(operation, [outside({ ...operation, concurrently: true })]);
  }

  #dropIndex(operation: OperationOf<'dropIndex'>): void {
    const isPlain = this.#isNew(operation) || this.#partitionsOf(operation) !== undefined || this.#brackets > 0;
    if (isPlain) return this.#plain(operation);
    this.#sequence(operation, [outside({ ...operation, concurrently: true })]);
  }

  #create(operation: Creation): void {
    const replaced = this.#replaced.get(operation) as OperationOf<'dropIndex' | 'dropConstraint'> | undefined;
    if (this.#isNew(operation)) {
      if (replaced !== undefined) this.#plain(replaced);
      // what it refers to may wait as well
      return this.#waiting.length > 0 ? this.#sequence({}, [{ operation, autocommit: false }]) : this.#plain(operation);
    }
    const partitions = this.#partitionsOf(operation);
    if (partitions !== undefined) return this.#createOnPartitioned(operation, partitions, replaced);
    this.#sequence(operation, this.#creation(operation, replaced));
  }

  #creation(
    operation: Creation,
    replaced: OperationOf<'dropIndex' | 'dropConstraint'> | undefined,
  ): readonly OnlinePart[] {
    const instead = replaced === undefined ? [] : [{ operation: replaced, autocommit: false }];
    switch (operation.kind) {
      case 'createIndex':
        return replaced === undefined
          ? [outside({ ...operation, concurrently: true })]
          : replacedIndex(operation, replaced as OperationOf<'dropIndex'>);
      case 'createUniqueConstraint':
      case 'createPrimaryKey':
        return this.#key(operation, instead);
      case 'createForeignKey':
      case 'createCheckConstraint': {
        if (isExclusion(operation)) {
          const blocked = `${requestsOn(operation)} wait while its index is built, for which PostgreSQL has no other way`;
          return [...instead, { operation: warned(operation, blocked), autocommit: false }];
        }
        const { schema, table } = operation;
        const name = this.#nameOf(operation);
        const create = { ...operation, notValid: true };
        return [
          ...(replaced === undefined ? [outside(create)] : [...instead, { operation: create, autocommit: false }]),
          outside({ kind: 'validateConstraint', schema, table, name }),
        ];
      }
    }
  }

  /** A unique constraint or a primary key: its index is built first, while others write. */
  #key(
    operation: OperationOf<'createUniqueConstraint' | 'createPrimaryKey'>,
    instead: readonly OnlinePart[],
  ): readonly OnlinePart[] {
    const { schema, table } = operation;
    const name = this.#nameOf(operation);
    const isReplaced = instead.length > 0;
    const index = isReplaced ? temporaryName(name) : name;
    const { columns } = operation.kind === 'createPrimaryKey' ? operation.primaryKey : operation.unique;
    const nullable =
      operation.kind === 'createPrimaryKey' ? columns.filter((one) => this.#isNullable(operation, one)) : [];
    const build = {
      kind: 'createIndex',
      schema,
      table,
      index: { name: index, columns: columns.map((column) => ({ name: column })), unique: true },
      concurrently: true,
    } as const;
    const create = { ...operation, usingIndex: index };
    return [
      ...nullable.flatMap((column) => notNull({ schema, table, column })),
      outside(build),
      // nothing is unique in between unless both are in one transaction
      ...(isReplaced ? [...instead, { operation: create, autocommit: false }] : [outside(create)]),
    ];
  }

  #isNullable(operation: { readonly table: string; readonly schema?: string }, column: string): boolean {
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
    const place = placeOf(operation);
    return !isChanged && this.facts.isNullable(this.#before.get(keyOf(place)) ?? place, column);
  }

  /**
   * On a table with partitions nothing is built concurrently. So each partition gets its own part first, and the table
   * then takes these over without reading a row. A partition that this database does not have is built with the table.
   */
  #createOnPartitioned(
    operation: Creation,
    partitions: readonly PartitionFacts[],
    replaced: OperationOf<'dropIndex' | 'dropConstraint'> | undefined,
  ): void {
    const instead = replaced === undefined ? [] : [{ operation: replaced, autocommit: false }];
    const ofPartitions =
      replaced === undefined && partitions.every(({ isPartitioned }) => !isPartitioned)
        ? partitions.map((partition) => this.#onPartition(operation, partition))
        : [undefined];
    if (operation.kind === 'createCheckConstraint' && !isExclusion(operation)) {
      return this.#sequence(operation, this.#creation(operation, replaced));
    }
    if (ofPartitions.includes(undefined)) {
      const blocked = `${requestsOn(operation)} wait while all of its partitions are read`;
      for (const { operation: drop } of instead) this.#plain(drop);
      return this.#plain(warned(operation, blocked));
    }
    const listed = `names the partitions of ${nameOf(operation)} that this database has`;
    this.#sequence(warned(operation, listed), [
      ...ofPartitions.flatMap((parts) => parts ?? []),
      outside(withoutWarning(operation)),
    ]);
  }

  #onPartition(operation: Creation, partition: PartitionFacts): readonly OnlinePart[] | undefined {
    const at = { schema: partition.schema, table: partition.name };
    const named = (columns: readonly string[], label: string): string => objectName(partition.name, columns, label);
    switch (operation.kind) {
      case 'createIndex': {
        const { index } = operation;
        if (index.expression !== undefined) return undefined;
        const name = named(
          index.columns.map((column) => column.name),
          'idx',
        );
        return [outside({ ...withoutWarning(operation), ...at, index: { ...index, name }, concurrently: true })];
      }
      case 'createUniqueConstraint': {
        const { unique } = operation;
        return this.#key(
          { ...withoutWarning(operation), ...at, unique: { ...unique, name: named(unique.columns, 'key') } },
          [],
        );
      }
      case 'createPrimaryKey': {
        const { primaryKey } = operation;
        return this.#key(
          { ...withoutWarning(operation), ...at, primaryKey: { ...primaryKey, name: named([], 'pkey') } },
          [],
        );
      }
      case 'createForeignKey':
        return this.#creation({ ...withoutWarning(operation), ...at }, undefined);
      case 'createCheckConstraint':
        return undefined;
    }
  }

  #addColumn(operation: OperationOf<'addColumn'>): void {
    const { schema, table, column } = operation;
    if (this.#isNew(operation)) return this.#plain(operation);
    const key = this.#filledBy(operation);
    if (key !== undefined) return this.#addFilled(operation, key);
    const why = this.#whyRewritten(column);
    if (why !== undefined) {
      return this.#plain(warned(operation, `${requestsOn(operation)} wait while the table is written again, ${why}`));
    }
    if (!hasPlainItems(column)) return this.#plain(operation);
    const [, check] = this.ddl.statements(operation);
    if (check === undefined) return this.#plain(operation);
    this.#plain({ ...operation, notValid: true });
    const name = constraintIn(check.postcondition);
    this.#sequence({}, [outside({ kind: 'validateConstraint', schema, table, name })]);
  }

  /** The key along which a backfill can give each row its own value; `undefined` where the column needs none. */
  #filledBy(operation: OperationOf<'addColumn'>): readonly string[] | undefined {
    const { defaultRaw, primary, autoincrement, generated } = operation.column;
    const isFilled = defaultRaw !== undefined && this.facts.isVolatile(defaultRaw) && this.#brackets === 0;
    if (!isFilled || primary === true || autoincrement === true || generated !== undefined) return undefined;
    const place = placeOf(operation);
    return this.facts.primaryKeyOf(this.#before.get(keyOf(place)) ?? place);
  }

  /** The default is for new rows; those that are there are filled in batches. */
  #addFilled(operation: OperationOf<'addColumn'>, key: readonly string[]): void {
    const { schema, table, column: whole } = operation;
    const { name, defaultRaw = '', nullable, ...column } = whole;
    const existing = { ...column, nullable: true };
    this.#plain({ ...operation, column: { name, ...existing } });
    this.#plain({ kind: 'alterColumn', schema, table, column: name, change: { defaultRaw }, existing });
    const where = `${postgresSql.quote(name)} is null`;
    this.#parts.push({ backfill: { schema, table, key, where, set: { [name]: defaultRaw } } });
    if (nullable === true) return;
    this.#sequence({}, notNull({ schema, table, column: name, existing: { ...existing, defaultRaw } }));
  }

  /** Why PostgreSQL writes all rows again for a new column; `undefined` where it does not. */
  #whyRewritten({ autoincrement, generated, defaultRaw, primary }: ColumnDefinition): string | undefined {
    if (autoincrement === true || (generated !== undefined && isIdentity(generated))) {
      return 'since each row gets a number';
    }
    if (generated !== undefined) return /\bvirtual\s*$/i.test(generated) ? undefined : 'since each row is computed';
    if (primary === true) return 'since the key of the new column is built';
    if (defaultRaw !== undefined && this.facts.isVolatile(defaultRaw)) {
      return 'since each row gets another value, and without a primary key they cannot be filled in batches';
    }
    return undefined;
  }

  #alterColumn(operation: OperationOf<'alterColumn'>): void {
    const { schema, table, column, change, existing = {} } = operation;
    if (this.#isNew(operation)) return this.#plain(operation);
    const { nullable, ...rest } = change;
    const counts = change.autoincrement !== undefined || change.generated !== undefined;
    const isRequired = nullable === false && !(operation.existing !== undefined && existing.nullable !== true);
    const others: ColumnChangeDefinition = isRequired && !counts ? rest : change;
    const between = { ...operation, change: others };
    const after = changedColumn(existing, others);
    const written = rewrites(existing, after, others)
      ? warned(
          between,
          `${requestsOn(operation)} wait while the type of ${column} changes, which may write the table again`,
        )
      : between;
    const hasOthers = Object.values(others).some((value) => value !== undefined);
    const check = hasOthers ? this.#checkOf(written) : undefined;
    if (hasOthers) this.#plain(check === undefined ? written : { ...written, notValid: true });
    const warning = hasOthers ? {} : { warning: operation.warning };
    if (check !== undefined) {
      this.#sequence({}, [outside({ kind: 'validateConstraint', schema, table, name: check })]);
    }
    if (others === change) return;
    const known = operation.existing === undefined ? {} : { existing: after };
    this.#sequence(warning, notNull({ schema, table, column, ...known }));
  }

  /** The name of the check that stands for the items, where the change creates one. */
  #checkOf(operation: OperationOf<'alterColumn'>): string | undefined {
    const created = this.ddl.statements(operation).find(({ sql }) => / add constraint /.test(sql));
    return created === undefined ? undefined : constraintIn(created.postcondition);
  }

  /** The name that a constraint gets. */
  #nameOf(operation: Creation): string {
    const [statement] = this.ddl.statements(operation);
    return constraintIn(statement?.postcondition);
  }
}

/**
 * Something under the name of what is dropped: the dropped one goes as late as the new one comes. That is left as it is
 * where a column of the table changes in between.
 */
function replacements(operations: readonly AnyOperation[]): ReadonlyMap<AnyOperation, AnyOperation> {
  const found = new Map<AnyOperation, AnyOperation>();
  for (const [start, drop] of operations.entries()) {
    if (drop.kind !== 'dropIndex' && drop.kind !== 'dropConstraint') continue;
    if (drop.kind === 'dropConstraint' && drop.type === 'foreignKey') continue;
    const length = operations.slice(start).findIndex((other) => isReplacement(drop, other as Operation));
    const create = operations[start + length];
    if (length === -1 || create === undefined) continue;
    const isInTheWay = operations.slice(start, start + length).some((other) => {
      const { kind } = other;
      if (kind === 'renameTable' || kind === 'dropDependents' || kind === 'keepAttributes') return true;
      const changesColumn = kind === 'alterColumn' || kind === 'dropColumn' || kind === 'renameColumn';
      return changesColumn && keyOf(placeOf(other)) === keyOf(placeOf(drop));
    });
    if (!isInTheWay) found.set(create, drop);
  }
  return found;
}

type Drop = OperationOf<'dropIndex' | 'dropConstraint'>;

function isReplacement(drop: Drop, create: Operation): boolean {
  if (!('table' in create) || keyOf(placeOf(create)) !== keyOf(placeOf(drop))) return false;
  switch (create.kind) {
    case 'createIndex':
      return drop.kind === 'dropIndex' && create.index.name === drop.name;
    case 'createUniqueConstraint':
      return drop.kind === 'dropConstraint' && drop.type === 'unique' && create.unique.name === drop.name;
    case 'createPrimaryKey':
      return drop.kind === 'dropConstraint' && drop.type === 'primaryKey' && create.primaryKey.name === drop.name;
    case 'createCheckConstraint':
      return drop.kind === 'dropConstraint' && drop.type === 'check' && create.check.name === drop.name;
    default:
      return false;
  }
}

/** The new index is built before the old one goes, so that queries always have one. */
function replacedIndex(operation: OperationOf<'createIndex'>, drop: OperationOf<'dropIndex'>): readonly OnlinePart[] {
  const { schema, table, index } = operation;
  const to = drop.name;
  const from = temporaryName(to);
  // a whole statement has the name in it
  if (index.expression !== undefined && isStatement(index.expression)) {
    return [outside({ ...drop, concurrently: true }), outside({ ...operation, concurrently: true })];
  }
  return [
    outside({ ...operation, index: { ...index, name: from }, concurrently: true }),
    outside({ ...drop, concurrently: true }),
    outside({ kind: 'renameIndex', schema, table, from, to }),
  ];
}

/**
 * A check that is validated while others write proves to PostgreSQL that the column holds no null. Then the change needs
 * to read no row.
 */
function notNull({
  schema,
  table,
  column,
  existing,
}: {
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
  readonly existing?: ColumnDefinition;
}): readonly OnlinePart[] {
  const name = objectName(table, [column], 'is_not_null');
  const check = { name, expression: `${postgresSql.quote(column)} is not null` };
  return [
    outside({ kind: 'createCheckConstraint', schema, table, check, notValid: true }),
    outside({ kind: 'validateConstraint', schema, table, name }),
    outside({ kind: 'alterColumn', schema, table, column, change: { nullable: false }, existing }),
    outside({ kind: 'dropConstraint', schema, table, name, type: 'check', previous: { type: 'check', check } }),
  ];
}

function outside(operation: Operation): OnlinePart {
  return { operation, autocommit: true };
}

function withoutWarning<O extends Operation>({ warning: _, ...operation }: O): O {
  return operation as O;
}

function isExclusion(operation: Creation): boolean {
  return operation.kind === 'createCheckConstraint' && /^\s*exclude\b/i.test(operation.check.expression);
}

/** Whether a change of type may write the table again. */
function rewrites(before: ColumnDefinition, after: ColumnDefinition, change: ColumnChangeDefinition): boolean {
  const keys = ['type', 'columnType', 'length', 'precision', 'scale', 'nativeEnumName', 'collation'] as const;
  if (!keys.some((key) => change[key] !== undefined)) return false;
  if (keys.every((key) => before[key] === after[key])) return false;
  const texts = ['string', 'character', 'text'];
  const isText = before.type === 'string' && texts.includes(after.type ?? '') && before.collation === after.collation;
  const isLonger =
    after.type === 'text' || (after.type === 'string' && (after.length ?? 255) >= (before.length ?? 255));
  return !(isText && isLonger);
}

/** A name for something that gets its own one in the end. */
function temporaryName(name: string): string {
  return objectName(name, [], 'new');
}

function constraintIn(postcondition: ReturnType<Ddl['statements']>[number]['postcondition']): string {
  if (postcondition === undefined || 'query' in postcondition || postcondition.constraint === undefined) {
    throw new TypeError('A statement for a constraint does not tell its name.');
  }
  return postcondition.constraint;
}

function placeOf({ schema, table }: { readonly schema?: string; readonly table: string }): QualifiedName {
  return { name: table, ...(schema !== undefined && { schema }) };
}

function partitionOf({ name, schema, partitionSchema = schema }: OperationOf<'createPartition'>): QualifiedName {
  return { name, ...(partitionSchema !== undefined && { schema: partitionSchema }) };
}

function nameOf({ schema, table }: { readonly schema?: string; readonly table: string }): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

function requestsOn(operation: { readonly schema?: string; readonly table: string }): string {
  return `requests on ${nameOf(operation)}`;
}
