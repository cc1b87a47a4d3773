import { postgresCapabilities } from './capabilities.js';
import { quoteQualified } from '../sql/quoting.js';
import { postgresSql } from './lexical-rules.js';
import {
  type AbstractSqlConnection,
  type AbstractSqlPlatform,
  type DatabaseTable,
  type SqlRoutineDef,
  type SqlTriggerDef,
} from '@mikro-orm/sql';
import { enumPlace } from './ddl/column-parts.js';
import { type ForeignPart } from '../sql/procedural-body.js';
import {
  type ColumnDefinition,
  type PrimaryKeyDefinition,
  type TriggerDefinition,
} from '../../operations/operation.js';
import { type TypeFamily } from '../../schema/default-value.js';
import {
  type QualifiedName,
  type RoutineModel,
  type TableModel,
  type Partitioning,
  type TableSecurity,
  type TriggerModel,
} from '../../schema/schema-model.js';
import {
  type CatalogueTable,
  type Engine,
  type ExpressionOracle,
  type HiddenKind,
  type ListedEnum,
  type ListedTable,
  type ListedView,
} from '../engine.js';
import { whyNotOnTable } from '../../schema/trigger-model.js';
import { readPostgresCatalogue } from './catalogue/catalogue.js';
import {
  isOutOfScope,
  listOccupiedPostgresSchemas,
  listPostgresEnums,
  listPostgresSchemas,
  listPostgresTables,
  listPostgresViews,
  missingPostgresSequences,
  type SchemaScope,
} from './catalogue/catalogue-objects.js';
import { withEnums, withoutEnums } from './catalogue/enum-checks.js';
import { PostgresOracle } from './oracle.js';
import { isNextValue, sequencesIn } from './sequence-names.js';
import { declaredPartitioning } from './catalogue/partitions.js';
import { declaredSecurity } from './catalogue/policies.js';
import { canonicalRoutineType, listPostgresRoutines, postgresRoutine } from './catalogue/routines.js';
import { postgresTrigger } from './catalogue/triggers.js';
import { canonicalPostgresType } from './catalogue/types.js';

/** PostgreSQL, on a server or in this process (PGlite). */
export class PostgresEngine implements Engine {
  readonly capabilities = postgresCapabilities;
  readonly sql = postgresSql;

  constructor(
    readonly platform: AbstractSqlPlatform,
    readonly home: string,
    private readonly ignoredSchemas: readonly string[],
  ) {}

  canonicalType(type: string): string {
    return canonicalPostgresType(type);
  }

  databaseType(column: ColumnDefinition, type: string, table: QualifiedName): string {
    if (column.nativeEnumName === undefined) return type;
    const { schema = table.schema ?? this.home, name: own } = enumPlace(column.nativeEnumName);
    const names = [schema, own];
    return quoteQualified(names, '"') + (column.type === 'enumArray' ? '[]' : '');
  }

  enumReference({ schema, name }: QualifiedName, table: QualifiedName): string {
    if (schema !== table.schema) return `${schema ?? this.home}.${name}`;
    // the text before a dot would be taken for a schema
    return name.includes('.') ? `*.${name}` : name;
  }

  withEnums(table: TableModel): TableModel {
    return withEnums(table, this.platform, this.readLiteral);
  }

  withoutEnums(table: TableModel): TableModel {
    return withoutEnums(table, this.platform);
  }

  typeFamily(type: string): TypeFamily {
    const name = canonicalPostgresType(type).replace(/\(.*/, '');
    if (['int', 'bigint', 'smallint', 'numeric', 'real', 'double precision'].includes(name)) return 'number';
    return name === 'boolean' ? 'boolean' : name === 'json' || name === 'jsonb' ? 'json' : 'other';
  }

  /** Reads `'it''s'::text` and `'it''s'`. The cast adds nothing to the column's type. */
  readonly readLiteral = (sql: string): string | undefined => {
    const literal = /^'((?:[^']|'')*)'(?:::[^']+)?$/.exec(sql)?.[1];
    if (literal !== undefined) return literal.replaceAll("''", "'");
    const escaped = /^E'((?:[^'\\]|''|\\['\\])*)'(?:::[^']+)?$/i.exec(sql)?.[1];
    return escaped?.replace(/''|\\(.)/g, (pair) => pair.charAt(1));
  };

  primaryKey(name: string, columns: readonly string[]): PrimaryKeyDefinition {
    return { name, columns };
  }

  /** `restrict` checks immediately and `no action` at the end of the statement, so the two differ here. */
  canonicalRule(rule: string | undefined): string {
    return rule ?? 'no action';
  }

  routine(routine: SqlRoutineDef, place: QualifiedName): RoutineModel | undefined {
    return postgresRoutine(routine, place);
  }

  canonicalRoutineType(type: string): string {
    return canonicalRoutineType(type);
  }

  async listRoutines(connection: AbstractSqlConnection): Promise<readonly RoutineModel[]> {
    return listPostgresRoutines(connection, this.scope());
  }

  partitioning(table: DatabaseTable): Partitioning | undefined {
    return declaredPartitioning(table, this.home);
  }

  security(table: DatabaseTable): TableSecurity | undefined {
    return declaredSecurity(table);
  }

  triggers(trigger: SqlTriggerDef, table: QualifiedName): readonly TriggerModel[] {
    return [postgresTrigger(trigger, table, this.home)];
  }

  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined {
    return whyNotOnTable(trigger);
  }

  readBack(text: string): string {
    return text;
  }

  ignoresSchema(schema: string): boolean {
    return isOutOfScope(schema, this.scope());
  }

  async listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]> {
    return listPostgresTables(connection, this.scope());
  }

  async listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]> {
    return listPostgresViews(connection, this.scope());
  }

  async listEnums(connection: AbstractSqlConnection): Promise<readonly ListedEnum[]> {
    return listPostgresEnums(connection, this.scope());
  }

  async listHidden(): Promise<readonly HiddenKind[]> {
    return [];
  }

  async listSchemas(connection: AbstractSqlConnection): Promise<readonly string[]> {
    return listPostgresSchemas(connection, this.scope());
  }

  async listOccupiedSchemas(connection: AbstractSqlConnection): Promise<readonly string[]> {
    return listOccupiedPostgresSchemas(connection);
  }

  async readTables(
    connection: AbstractSqlConnection,
    tables: readonly QualifiedName[],
  ): Promise<readonly CatalogueTable[]> {
    return readPostgresCatalogue(connection, this.platform, tables, this.home);
  }

  readonly isNextValue = isNextValue;

  readonly sequencesIn = (sql: string): readonly QualifiedName[] =>
    sequencesIn(sql).map(({ schema, name }) =>
      schema === undefined || schema === this.home ? { name } : { schema, name },
    );

  readonly missingSequences = (
    connection: AbstractSqlConnection,
    sequences: readonly QualifiedName[],
  ): Promise<readonly QualifiedName[]> => missingPostgresSequences(connection, this.platform, sequences);

  oracle(connection: AbstractSqlConnection): ExpressionOracle {
    return new PostgresOracle(connection, this.platform);
  }

  private scope(): SchemaScope {
    return { platform: this.platform, home: this.home, ignored: this.ignoredSchemas };
  }
}
