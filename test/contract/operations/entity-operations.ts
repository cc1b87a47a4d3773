/** The entities' own schema as operations: what a revision would say to create it. */
import { types } from '@mikro-orm/core';
import {
  type AbstractSqlPlatform,
  type Column,
  type DatabaseTable,
  type ForeignKey,
  type IndexDef,
  type MikroORM,
} from '@mikro-orm/sql';
import { type ColumnOptions } from '../../../libs/nest-migrate/src/operations/column-definition.js';
import { type TableOptions } from '../../../libs/nest-migrate/src/operations/kinds/table.operations.js';

export interface EntitySchema {
  readonly enums: readonly { readonly name: string; readonly schema?: string; readonly items: readonly string[] }[];
  readonly tables: readonly { readonly table: string; readonly options: TableOptions }[];
}

/** The statements that MikroORM itself creates the schema with. */
export async function generatorStatements(orm: MikroORM): Promise<readonly string[]> {
  const sql = await orm.schema.getCreateSchemaSQL({ wrap: false });
  const statements = sql
    .split(/;\n+/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');
  if (!orm.config.getDriver().constructor.name.startsWith('MariaDb')) return statements;
  // it says 'null' of a generated column, which MariaDB's grammar does not know
  return statements.map((statement) => statement.replace(/ (stored|virtual) null/g, ' $1'));
}

/** The target schema of an ORM, in the words of the verbs. */
export function entityOperations(orm: MikroORM): EntitySchema {
  const platform = orm.em.getPlatform();
  const schema = orm.schema.getTargetSchema();
  const own = platform.getDefaultSchemaName();
  const place = (name: string | undefined): { schema?: string } =>
    name === undefined || name === own ? {} : { schema: name };
  return {
    enums: Object.values(schema.getNativeEnums()).map((type) => ({
      name: type.name,
      ...place(type.schema),
      items: type.items,
    })),
    tables: schema
      .getTables()
      .map((table) => ({ table: table.name, options: { ...place(table.schema), ...tableOptions(platform, table) } })),
  };
}

function tableOptions(platform: AbstractSqlPlatform, table: DatabaseTable): TableOptions {
  const primaryKey = table.getPrimaryKey();
  const indexes = table.getIndexes().filter((index) => !index.primary);
  return {
    columns: table.getColumns().map((column) => ({ name: column.name, ...columnOptions(platform, column) })),
    primaryKey: primaryKey && { name: primaryKey.keyName, columns: primaryKey.columnNames },
    comment: table.comment,
    indexes: indexes.filter((index) => !index.constraint).map(indexOptions),
    uniques: indexes
      .filter((index) => index.constraint)
      .map((index) => ({ name: index.keyName, columns: index.columnNames, deferMode: index.deferMode })),
    // the checks of enum columns come with their items
    checks: table
      .getChecks()
      .filter(({ columnName }) => !table.getColumn(columnName ?? '')?.enumItems?.length)
      .map(({ name, expression }) => ({ name, expression: expression as string })),
    foreignKeys: Object.values(table.getForeignKeys()).map((key) => foreignKeyOptions(platform, key)),
  };
}

function columnOptions(platform: AbstractSqlPlatform, column: Column): ColumnOptions {
  return {
    ...typeOptions(platform, column),
    length: column.length,
    precision: column.precision,
    scale: column.scale,
    unsigned: column.unsigned || undefined,
    autoincrement: column.autoincrement || undefined,
    nullable: column.nullable || undefined,
    defaultRaw: column.default ?? undefined,
    items: column.enumItems,
    nativeEnumName: column.nativeEnumName,
    generated: column.generated,
    collation: column.collation,
    extra: column.extra,
    comment: column.comment,
  };
}

/** A neutral type wherever it says the same. */
function typeOptions(platform: AbstractSqlPlatform, column: Column): Pick<ColumnOptions, 'type' | 'columnType'> {
  const known = Object.entries(types).find(([, type]) => column.mappedType.constructor === type)?.[0];
  if (column.enumItems?.length && known !== 'enum') return { type: 'enumArray' };
  if (known === undefined || known === 'unknown' || known === 'uint8array') return { columnType: column.type };
  if (known === 'enum') return { type: 'enum' };
  const property = { ...column, fieldNames: [column.name], runtimeType: 'any' };
  const same = column.mappedType.getColumnType(property as never, platform) === column.type;
  return same ? { type: known as ColumnOptions['type'] } : { columnType: column.type };
}

type TableIndex = NonNullable<TableOptions['indexes']>[number];

function indexOptions(index: IndexDef): TableIndex {
  const advanced = (name: string) => index.columns?.find((column) => column.name === name);
  return {
    name: index.keyName,
    columns: index.expression
      ? []
      : index.columnNames.map((name) => ({
          name,
          sort: advanced(name)?.sort?.toLowerCase() as 'asc' | 'desc' | undefined,
          nulls: advanced(name)?.nulls?.toLowerCase() as 'first' | 'last' | undefined,
          length: advanced(name)?.length,
          collation: advanced(name)?.collation,
        })),
    unique: index.unique || undefined,
    type: typeof index.type === 'string' ? index.type : undefined,
    where: index.where,
    include: index.include,
    fillFactor: index.fillFactor,
    invisible: index.invisible,
    expression: index.expression,
  };
}

function foreignKeyOptions(
  platform: AbstractSqlPlatform,
  key: ForeignKey,
): NonNullable<TableOptions['foreignKeys']>[number] {
  const [table = '', schema] = key.referencedTableName.split('.').reverse();
  return {
    name: key.constraintName,
    columns: key.columnNames,
    referencedTable: table,
    referencedSchema: schema === platform.getDefaultSchemaName() ? undefined : schema,
    referencedColumns: key.referencedColumnNames,
    deleteRule: key.deleteRule as 'cascade' | undefined,
    updateRule: key.updateRule as 'cascade' | undefined,
    deferMode: key.deferMode,
  };
}
