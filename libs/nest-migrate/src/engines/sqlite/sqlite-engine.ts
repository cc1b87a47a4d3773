import { sqliteCapabilities } from './capabilities.js';
import { sqliteSql } from './lexical-rules.js';
import { type AbstractSqlConnection, type AbstractSqlPlatform, type SqlTriggerDef } from '@mikro-orm/sql';
import { type ForeignPart } from '../sql/procedural-body.js';
import { foreignTriggerPart } from './ddl/object-statements.js';
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
  type TriggerModel,
} from '../../schema/schema-model.js';
import {
  type CatalogueTable,
  type HiddenKind,
  type ListedEnum,
  type ListedTable,
  type ListedView,
} from '../catalogue/catalogue.js';
import { type ConditionsOfTable, type ExpressionOracle } from '../oracle.js';
import { type Engine } from '../engine.js';
import { whyNotOnTable } from '../../schema/trigger-model.js';
import { listSqliteTables, listSqliteViews, readSqliteCatalogue } from './catalogue/catalogue.js';
import { withEnums } from './catalogue/enum-checks.js';
import { canonicalDefault, canonicalExpression } from './catalogue/expressions.js';
import { sqliteTriggers } from './catalogue/triggers.js';
import { canonicalSqliteType, isNumberType } from './catalogue/types.js';

/** SQLite, which keeps every definition as the text that it was given. */
export class SqliteEngine implements Engine {
  readonly capabilities = sqliteCapabilities;
  readonly sql = sqliteSql;

  constructor(
    readonly platform: AbstractSqlPlatform,
    readonly needsTable: NonNullable<Engine['needsTable']>,
  ) {}

  canonicalType(type: string): string {
    return canonicalSqliteType(type);
  }

  /** An auto-increment column has the only type that allows it. */
  databaseType({ autoincrement }: ColumnDefinition, type: string): string {
    return autoincrement === true ? 'integer' : type;
  }

  enumReference({ name }: QualifiedName): string {
    return name;
  }

  withEnums(table: TableModel): TableModel {
    return withEnums(table, this.platform);
  }

  /** The check is part of the column and has no name, so it follows a rename of the column or the table. */
  withoutEnums(table: TableModel): TableModel {
    return table;
  }

  typeFamily(type: string): TypeFamily {
    if (isNumberType(type)) return 'number';
    return canonicalSqliteType(type) === 'json' ? 'json' : 'other';
  }

  readonly readLiteral = (sql: string): string | undefined =>
    /^'((?:[^']|'')*)'$/.exec(sql)?.[1]?.replaceAll("''", "'");

  /** A primary key has no name that a statement could use. */
  primaryKey(_name: string, columns: readonly string[]): PrimaryKeyDefinition {
    return { columns };
  }

  canonicalRule(rule: string | undefined): string {
    return rule ?? 'no action';
  }

  routine(): undefined {
    return undefined;
  }

  canonicalRoutineType(type: string): string {
    return canonicalSqliteType(type);
  }

  async listRoutines(): Promise<readonly RoutineModel[]> {
    return [];
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
    return sqliteTriggers(trigger);
  }

  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined {
    if (trigger.expression !== undefined) return undefined;
    return whyNotOnTable(trigger) ?? foreignTriggerPart(trigger);
  }

  readBack(text: string): string {
    return text;
  }

  ignoresSchema(): boolean {
    return false;
  }

  async listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]> {
    return listSqliteTables(connection);
  }

  async listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]> {
    return listSqliteViews(connection);
  }

  async listEnums(): Promise<readonly ListedEnum[]> {
    return [];
  }

  async listHidden(): Promise<readonly HiddenKind[]> {
    return [];
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
    return readSqliteCatalogue(connection, this.platform, tables);
  }

  oracle(connection: AbstractSqlConnection): ExpressionOracle {
    const canonical = ({ table, expressions }: ConditionsOfTable): readonly string[] => {
      const columns = table.columns.map(({ definition }) => definition.name);
      return expressions.map((sql) => canonicalExpression(sql, columns));
    };
    return {
      async conditions(table, expressions) {
        return canonical({ table, expressions });
      },
      async conditionsOf(tables) {
        return tables.map(canonical);
      },
      async triggerConditions(table, conditions) {
        const columns = table.columns.map(({ definition }) => definition.name);
        return conditions.map((sql) => canonicalExpression(sql, columns));
      },
      async queries(queries) {
        return queries.map((sql) => canonicalExpression(sql.replace(/;\s*$/, ''), []));
      },
      async defaults(defaults) {
        return defaults.map(({ sql, type }) => canonicalDefault(sql, type));
      },
      async findsRow(query) {
        try {
          const [row] = await connection.execute<{ present: number }[]>(`select exists (${query}) as present`);
          return row?.present === 1;
        } catch {
          return undefined; // not understood
        }
      },
      // a type is only a hint here
      async usings(changes) {
        return changes.map(() => undefined);
      },
    };
  }
}
