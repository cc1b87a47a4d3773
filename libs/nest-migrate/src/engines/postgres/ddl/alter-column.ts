import { postgresSql } from '../lexical-rules.js';
import { InvalidOperationError, UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { changedColumn } from '../../../operations/column-change.js';
import { type AlterColumnOperation, type ColumnDefinition } from '../../../operations/operation.js';
import { enumCheck, enumCheckName, hasPlainItems } from '../../ddl/enum-check.js';
import { literal, quoteIdentifier } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { change, restatement, type StatementDraft } from '../../ddl/statement-table.js';
import { writtenType } from './column-parts.js';

const typeKeys = ['type', 'columnType', 'length', 'precision', 'scale', 'nativeEnumName', 'collation'] as const;

/** One statement for each property: PostgreSQL changes a property without affecting the others. */
export function alterColumn(ddl: SchemaHelperDdl, operation: AlterColumnOperation): readonly StatementDraft[] {
  const plan = new ColumnPlan(ddl, operation);
  return [
    ...plan.dropCheck(),
    ...plan.type(),
    ...plan.default(),
    ...plan.nullable(),
    ...plan.generated(),
    ...plan.autoincrement(),
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

  constructor(
    private readonly ddl: SchemaHelperDdl,
    { schema, table, column, change, existing }: AlterColumnOperation,
  ) {
    this.#at = { schema, table };
    this.#column = column;
    this.#change = change;
    this.#existing = existing;
    this.#after = changedColumn(existing ?? {}, change);
    this.#start = `alter table ${ddl.qualified(this.#at)} alter column ${ddl.quote(column)}`;
  }

  /** Drops the check of the old items, before the type changes. */
  dropCheck(): readonly StatementDraft[] {
    if (!this.#checkChanges()) return [];
    const known = this.#existing !== undefined;
    if (known && !hasPlainItems(this.#existing)) return [];
    const name = enumCheckName(this.ddl, this.#at.table, this.#column);
    const sql = `alter table ${this.ddl.qualified(this.#at)} drop constraint ${known ? '' : 'if exists '}${this.ddl.quote(name)}`;
    return [change(sql, this.ddl.exists(this.#at, { constraint: name }, false))];
  }

  createCheck(): readonly StatementDraft[] {
    if (!this.#checkChanges()) return [];
    const check = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#after });
    if (check === undefined) return [];
    const { name, sql } = this.ddl.createCheck(this.#at, check);
    return [change(sql, this.ddl.exists(this.#at, { constraint: name }, true))];
  }

  /**
   * A default that the new type does not accept would prevent the change, so it is dropped before and set again after.
   */
  type(): readonly StatementDraft[] {
    if (!this.#typeChanges()) return [];
    const type = this.#type(this.#after);
    const collation =
      this.#after.collation === undefined ? '' : ` collate ${quoteIdentifier(this.#after.collation, '"')}`;
    const { using } = this.#change;
    const alter = {
      ...restatement(`${this.#start} type ${type}${collation} using (${using ?? this.#cast(type)})`),
      repeatable: using === undefined,
    };
    const changed = this.#liftsDefault() ? [restatement(`${this.#start} drop default`), alter] : [alter];
    return [...changed, ...this.#sequenceType()];
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

  generated(): readonly StatementDraft[] {
    const { generated } = this.#change;
    if (generated === undefined || generated === (this.#existing?.generated ?? null)) return [];
    const before = this.#existing?.generated;
    const drop = before !== undefined && isIdentity(before) ? 'drop identity if exists' : 'drop expression if exists';
    if (generated === null) return [restatement(`${this.#start} ${drop}`)];
    if (!isIdentity(generated)) {
      const reason = 'an expression can be removed from a column, not given to one.';
      throw new UnsupportedOperationError('alterColumn', 'postgres', reason, 'Use dropColumn and addColumn.');
    }
    const add = `add generated ${/^by default/i.test(generated) ? generated : `always as ${postgresSql.generatedClause(generated)}`}`;
    const added = change(`${this.#start} ${add}`, { query: this.#identityQuery() });
    return before === undefined ? [added] : [restatement(`${this.#start} ${drop}`), added];
  }

  /** A sequence under the name that MikroORM uses. The column owns it, so that it is dropped with the column. */
  autoincrement(): readonly StatementDraft[] {
    const { autoincrement } = this.#change;
    if (autoincrement === undefined || (this.#existing?.autoincrement ?? false) === (autoincrement ?? false)) return [];
    const { ddl } = this;
    const table = ddl.qualified(this.#at);
    const column = ddl.quote(this.#column);
    const sequence = this.#sequence();
    if (autoincrement !== true) {
      return [restatement(`${this.#start} drop default`), restatement(`drop sequence if exists ${sequence}`)];
    }
    const text = literal(ddl.platform, sequence);
    return [
      restatement(`create sequence if not exists ${sequence} as ${this.#counterType()}`),
      restatement(`alter sequence ${sequence} owned by ${table}.${column}`),
      restatement(`select setval(${text}, coalesce((select max(${column}) from ${table}), 0) + 1, false)`),
      restatement(`${this.#start} set default nextval(${text})`),
    ];
  }

  comment(): readonly StatementDraft[] {
    const { comment } = this.#change;
    if (comment === undefined) return [];
    const column = `${this.ddl.qualified(this.#at)}.${this.ddl.quote(this.#column)}`;
    return [
      restatement(`comment on column ${column} is ${literal(this.ddl.platform, comment === '' ? null : comment)}`),
    ];
  }

  /**
   * The sequence of a serial column keeps the type that it was created with, and would end at the limit of that type.
   */
  #sequenceType(): readonly StatementDraft[] {
    const { autoincrement, generated } = this.#after;
    if (autoincrement !== true || this.#existing?.autoincrement !== true || generated !== undefined) return [];
    return [restatement(`alter sequence if exists ${this.#sequence()} as ${this.#counterType()}`)];
  }

  #counterType(): string {
    const type = hasType(this.#after) ? this.#type(this.#after) : 'bigint';
    return /^(big|small)int/i.exec(type)?.[0].toLowerCase() ?? 'integer';
  }

  /** MikroORM's name for the sequence of a column, which is also the name that `serial` gives it. */
  #sequence(): string {
    const name = this.ddl.indexName(this.#at.table, [this.#column], 'sequence');
    return this.ddl.quote(this.ddl.schemaOf(this.#at.schema), name);
  }

  #identityQuery(): string {
    const { ddl } = this;
    const table = literal(ddl.platform, ddl.qualified(this.#at));
    const column = literal(ddl.platform, this.#column);
    return `select attidentity <> '' as present from pg_catalog.pg_attribute where attrelid = ${table}::regclass and attname = ${column}`;
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
    const keys = ['items', 'type', 'columnType', 'nativeEnumName'] as const;
    if (!keys.some((key) => this.#change[key] !== undefined)) return false;
    if (this.#existing === undefined)
      return this.#change.items !== undefined && this.#after.nativeEnumName === undefined;
    const before = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#existing });
    const after = enumCheck(this.ddl, this.#at.table, { name: this.#column, ...this.#after });
    return before?.expression !== after?.expression;
  }

  /** PostgreSQL casts to and from `uuid` and enums only through text. */
  #cast(type: string): string {
    const column = this.ddl.quote(this.#column);
    const before = this.#existing !== undefined && hasType(this.#existing) ? this.#type(this.#existing) : undefined;
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

function isIdentity(generated: string): boolean {
  return /^(by default as )?identity$/i.test(generated.trim());
}
