import { type Capabilities } from '../capabilities.js';
import { mariadbCapabilities } from '../mariadb/capabilities.js';
import { mysqlCapabilities } from './capabilities.js';
import { mysqlSql } from './lexical-rules.js';
import {
  type AbstractSqlConnection,
  type AbstractSqlPlatform,
  type SqlRoutineDef,
  type SqlTriggerDef,
} from '@mikro-orm/sql';
import { foreignTriggerPart } from './ddl/trigger-statements.js';
import { type ForeignPart } from '../sql/procedural-body.js';
import { type PrimaryKeyDefinition, type TriggerDefinition } from '../../operations/operation.js';
import { type TypeFamily } from '../../schema/default-value.js';
import {
  type QualifiedName,
  type RoutineModel,
  type TableModel,
  type TriggerModel,
} from '../../schema/schema-model.js';
import {
  type CatalogueTable,
  type HiddenKind,
  type ListedEnum,
  type ListedTable,
  type ListedView,
} from '../catalogue/catalogue.js';
import { type Engine } from '../engine.js';
import { type ExpressionOracle } from '../oracle.js';
import { type MySqlVariant, readMySqlCatalogue } from './catalogue/catalogue.js';
import { listMySqlTables, listMySqlViews } from './catalogue/catalogue-objects.js';
import { readMySqlLiteral } from './catalogue/literals.js';
import { MySqlOracle } from './oracle.js';
import { listHidden } from './catalogue/privileges.js';
import { canonicalRoutineType, listMySqlRoutines, mysqlRoutine } from './catalogue/routines.js';
import { mysqlTriggers } from './catalogue/triggers.js';
import { canonicalMySqlType } from './catalogue/types.js';

/** MySQL and MariaDB. Their catalogues differ in content and form. */
export class MySqlEngine implements Engine {
  readonly capabilities: Capabilities;
  readonly sql = mysqlSql;
  readonly readLiteral = readMySqlLiteral;

  constructor(
    readonly platform: AbstractSqlPlatform,
    private readonly variant: MySqlVariant,
  ) {
    this.capabilities = variant === 'mariadb' ? mariadbCapabilities : mysqlCapabilities;
  }

  canonicalType(type: string): string {
    return canonicalMySqlType(type);
  }

  databaseType(_column: unknown, type: string): string {
    return type;
  }

  enumReference({ name }: QualifiedName): string {
    return name;
  }

  withEnums(table: TableModel): TableModel {
    return table;
  }

  withoutEnums(table: TableModel): TableModel {
    return table;
  }

  typeFamily(type: string): TypeFamily {
    const canonical = canonicalMySqlType(type);
    if (canonical === 'tinyint(1)') return 'boolean';
    if (canonical === 'json') return 'json';
    return /^(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double)\b/.test(canonical) ? 'number' : 'other';
  }

  /** Every primary key is named `PRIMARY`. */
  primaryKey(_name: string, columns: readonly string[]): PrimaryKeyDefinition {
    return { columns };
  }

  /** InnoDB checks immediately under `restrict` and under `no action`, and MariaDB's has no `set default`. */
  canonicalRule(rule: string | undefined): string {
    if (rule === 'set default' && this.variant === 'mariadb') return 'restrict';
    return rule === undefined || rule === 'no action' ? 'restrict' : rule;
  }

  routine(routine: SqlRoutineDef, place: QualifiedName): RoutineModel | undefined {
    return mysqlRoutine(routine, place);
  }

  canonicalRoutineType(type: string): string {
    return canonicalRoutineType(type);
  }

  async listRoutines(connection: AbstractSqlConnection): Promise<readonly RoutineModel[]> {
    return listMySqlRoutines(connection, this.variant);
  }

  /** MikroORM refuses entities that declare partitions here. */
  partitioning(): undefined {
    return undefined;
  }

  /** MikroORM refuses entities that declare row-level security here. */
  security(): undefined {
    return undefined;
  }

  triggers(trigger: SqlTriggerDef): readonly TriggerModel[] {
    return mysqlTriggers(trigger, this.platform.getMaxIdentifierLength());
  }

  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined {
    return trigger.expression === undefined ? foreignTriggerPart(trigger) : undefined;
  }

  /**
   * Defaults and the values of enums are kept in three bytes per character: any other character is read back as `?`.
   */
  readBack(text: string): string {
    return text.replace(/[\u{10000}-\u{10ffff}]/gu, '?');
  }

  ignoresSchema(): boolean {
    return false;
  }

  async listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]> {
    return listMySqlTables(connection);
  }

  async listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]> {
    return listMySqlViews(connection);
  }

  async listEnums(): Promise<readonly ListedEnum[]> {
    return [];
  }

  async listHidden(connection: AbstractSqlConnection): Promise<readonly HiddenKind[]> {
    return listHidden(connection);
  }

  async listSchemas(): Promise<readonly string[]> {
    return [];
  }

  async listOccupiedSchemas(): Promise<readonly string[]> {
    return [];
  }

  async readTables(
    connection: AbstractSqlConnection,
    tables: readonly QualifiedName[],
  ): Promise<readonly CatalogueTable[]> {
    return readMySqlCatalogue(connection, this.platform, tables, {
      variant: this.variant,
      canonicalRule: (rule) => this.canonicalRule(rule),
    });
  }

  oracle(connection: AbstractSqlConnection): ExpressionOracle {
    return new MySqlOracle(connection, this.variant);
  }
}
