import { InvalidOperationError, UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { changedColumn } from '../../../operations/column-change.js';
import { type AlterColumnOperation, type ColumnDefinition } from '../../../operations/operation.js';
import { isIdentity } from '../../../schema/identity.js';
import { enumCheck, enumCheckName, hasPlainItems } from '../../ddl/enum-check.js';
import { literal, quoteIdentifier } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { change, restatement, type StatementDraft } from '../../ddl/statement-table.js';
import { canonicalPostgresType } from '../catalogue/types.js';
import { writtenType } from './column-parts.js';
import { type Counter, counterOf, CounterStatements } from './counter.js';

const typeKeys = ['type', 'columnType', 'length', 'precision', 'scale', 'nativeEnumName', 'collation'] as const;

/**
 * One statement for each property: PostgreSQL changes a property without affecting the others. What a column computes
 * or counts by is removed first, since it forbids another type and a default, and needs the column to be not null.
 */
export function alterColumn(ddl: SchemaHelperDdl, operation: AlterColumnOperation): readonly StatementDraft[] {
  const plan = new ColumnPlan(ddl, operation);
  return [
    ...plan.dropCheck(),
    ...plan.dropGenerated(),
    ...plan.type(),
    ...plan.default(),
    ...plan.nullable(),
    ...plan.count(),
    ...plan.createCheck(),
    ...plan.comment(),
  ];
}

class ColumnPlan {
  readonly #at: TableRef;
  readonly #column: string;
  readonly #change: AlterColumnOperation['change'];
  readonly #existing: ColumnDefinition | undefined;
  readonly #after: ColumnDefinition;
  readonly #start: string;
  readonly #counter: CounterStatements;
  /** Absent where it is not known. */
  readonly #counterBefore: Counter | undefined;
  readonly #counterAfter: Counter;
  readonly #notValid: boolean;

  constructor(
    private readonly ddl: SchemaHelperDdl,
    { schema, table, column, change, existing, notValid = false }: AlterColumnOperation,
  ) {
    this.#notValid = notValid;
    this.#at = { schema, table };
    this.#column = column;
    this.#change = change;
    this.#existing = existing;
    this.#after = changedColumn(existing ?? {}, change);
    this.#start = `alter table ${ddl.qualified(this.#at)} alter column ${ddl.quote(column)}`;
    this.#counter = new CounterStatements(ddl, this.#at, column);
    this.#counterBefore = countedBefore(existing, change);
    this.#counterAfter = countedAfter(this.#after, this.#counterBefore, change);
  }

  /** Drops the check of the old items, before the type changes. */
  dropCheck(): readonly StatementDraft[] {
    if (!this.#checkChanges()) return [];
    const known = this.#existing !== undefined;
    if (known && !hasPlainItems(this.#existing)) return [];
    const name = enumCheckName(this.ddl, this.#at.table, { ...this.#existing, name: this.#column });
    const sql = `alter table ${this.ddl.qualified(this.#at)} drop constraint ${known ? '' : 'if exists '}${this.ddl.quote(name)}`;
    return [change(sql, this.ddl.exists(this.#at, { constraint: name }, false))];
  }

  createCheck(): readonly StatementDraft[] {
    if (!this.#checkChanges()) return [];
    const check = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#after });
    if (check === undefined) return [];
    const { name, sql } = this.ddl.createCheck(this.#at, check);
    const whole = this.#notValid ? `${sql} not valid` : sql;
    return [change(whole, this.ddl.exists(this.#at, { constraint: name }, true))];
  }

  /**
   * A default that the new type does not accept would prevent the change, so it is dropped before and set again after.
   */
  type(): readonly StatementDraft[] {
    if (!this.#typeChanges()) return [];
    const type = this.#type(this.#after);
    const collation =
      this.#after.collation === undefined ? '' : ` collate ${quoteIdentifier(this.#after.collation, '"')}`;
    const using = this.#change.using ?? this.#cast(type);
    const alter = {
      ...restatement(`${this.#start} type ${type}${collation}${using === undefined ? '' : ` using (${using})`}`),
      repeatable: this.#change.using === undefined,
    };
    const changed = this.#liftsDefault() ? [restatement(`${this.#start} drop default`), alter] : [alter];
    const keepsSequence = this.#counterBefore === 'serial' && this.#counterAfter === 'serial';
    return keepsSequence ? [...changed, ...this.#counter.retype()] : changed;
  }

  default(): readonly StatementDraft[] {
    const changes = this.#change.default !== undefined || this.#change.defaultRaw !== undefined;
    const lifted = this.#typeChanges() && this.#liftsDefault();
    if (!changes && !lifted) return [];
    const value = this.ddl.defaultSql(this.#after);
    if (value !== undefined) return [restatement(`${this.#start} set default ${value}`)];
    return lifted ? [] : [restatement(`${this.#start} drop default`)];
  }

  nullable(): readonly StatementDraft[] {
    if (this.#change.nullable === undefined) return [];
    return [restatement(`${this.#start} ${this.#change.nullable === true ? 'drop' : 'set'} not null`)];
  }

  /** Removes what the column computes, or its counter where it is to count no more. */
  dropGenerated(): readonly StatementDraft[] {
    const { generated } = this.#change;
    const before = this.#existing?.generated;
    if (generated != null && generated !== before && !isIdentity(generated)) {
      const reason = 'an expression can be removed from a column, not given to one.';
      throw new UnsupportedOperationError('alterColumn', 'postgres', reason, 'Use dropColumn and addColumn.');
    }
    if (before !== undefined && !isIdentity(before)) {
      return generated === undefined || generated === before
        ? []
        : [restatement(`${this.#start} drop expression if exists`)];
    }
    return this.#counterAfter === 'none' ? this.#counter.stop(this.#counterBefore) : [];
  }

  /** Begins to count, counts on in another way, or by a sequence that belongs to no column. */
  count(): readonly StatementDraft[] {
    const [before, after] = [this.#counterBefore ?? 'none', this.#counterAfter];
    if (after !== 'none') return this.#counter.begin(before, after);
    const { defaultRaw } = this.#change;
    return defaultRaw == null ? [] : this.#counter.follow(defaultRaw, before);
  }

  comment(): readonly StatementDraft[] {
    const { comment } = this.#change;
    if (comment === undefined) return [];
    const column = `${this.ddl.qualified(this.#at)}.${this.ddl.quote(this.#column)}`;
    return [
      restatement(`comment on column ${column} is ${literal(this.ddl.platform, comment === '' ? null : comment)}`),
    ];
  }

  #typeChanges(): boolean {
    if (!typeKeys.some((key) => this.#change[key] !== undefined)) return false;
    if (this.#existing === undefined || !hasType(this.#existing)) return true;
    return this.#type(this.#existing) !== this.#type(this.#after) || this.#existing.collation !== this.#after.collation;
  }

  #liftsDefault(): boolean {
    if (this.#existing === undefined)
      return this.#change.default !== undefined || this.#change.defaultRaw !== undefined;
    return this.ddl.defaultSql(this.#existing) !== undefined;
  }

  /** Whether the check that stands for the items changes. */
  #checkChanges(): boolean {
    const keys = ['items', 'checkName', 'type', 'columnType', 'nativeEnumName'] as const;
    if (!keys.some((key) => this.#change[key] !== undefined)) return false;
    if (this.#existing === undefined)
      return this.#change.items !== undefined && this.#after.nativeEnumName === undefined;
    const before = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#existing });
    const after = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#after });
    return before?.expression !== after?.expression || before?.name !== after?.name;
  }

  /**
   * The cast that a change of type needs; `undefined` where the engine converts by itself, as for an insert, and refuses
   * what is too long. An explicit cast would cut it. Every type can be assigned to a text, and any type to itself.
   * PostgreSQL casts to and from `uuid` and enums only through text.
   */
  #cast(type: string): string | undefined {
    const column = this.ddl.quote(this.#column);
    const before = this.#existing !== undefined && hasType(this.#existing) ? this.#type(this.#existing) : undefined;
    if (isText(type, before) || (before !== undefined && baseOf(before) === baseOf(type))) return undefined;
    const viaText =
      [type, before].some((name) => name === 'uuid') || this.#isNative(this.#after) || this.#isNative(this.#existing);
    if (!viaText) return `${column}::${type}`;
    return `${column}::text${type.endsWith('[]') ? '[]' : ''}::${type}`;
  }

  #isNative(column: ColumnDefinition | undefined): boolean {
    return column?.nativeEnumName !== undefined;
  }

  #type(column: ColumnDefinition): string {
    if (hasType(column)) return writtenType(this.ddl, this.#at, column);
    const problem = `column '${this.#column}' of table '${this.#at.table}' changes its type, which is not named.`;
    throw new InvalidOperationError(
      'alterColumn',
      problem,
      "Give 'type' or 'columnType', or the column as 'existing'.",
    );
  }
}

function hasType({ type, columnType }: ColumnDefinition): boolean {
  return type !== undefined || columnType !== undefined;
}

/** Whether a type is one of the engine's own for text, or an array of it that was an array before. */
function isText(type: string, before = ''): boolean {
  const base = baseOf(type);
  const element = before.endsWith(']') ? base.replace(/\[\]$/, '') : base;
  return ['varchar', 'char', 'text'].includes(element);
}

/** A type without its length or precision: `varchar(3)[]` and `character varying[]` have one base. */
function baseOf(type: string): string {
  return canonicalPostgresType(type).replace(/\([^)]*\)/, '');
}

/** How the column counts; absent where that is not known and matters. */
function countedBefore(
  existing: ColumnDefinition | undefined,
  { autoincrement }: AlterColumnOperation['change'],
): Counter | undefined {
  if (existing !== undefined) return counterOf(existing);
  return autoincrement === false || autoincrement === null ? undefined : 'none';
}

/** A column whose type is given in the engine's words goes on counting, unless it is told not to. */
function countedAfter(
  after: ColumnDefinition,
  before: Counter | undefined,
  { autoincrement, generated, columnType }: AlterColumnOperation['change'],
): Counter {
  const isSilent = autoincrement === undefined && generated === undefined;
  if (before === 'serial' && isSilent && /^\s*(?:(?:small|big)?int(?:eger)?|int[248])\s*$/i.test(columnType ?? '')) {
    return before;
  }
  return counterOf(after);
}
