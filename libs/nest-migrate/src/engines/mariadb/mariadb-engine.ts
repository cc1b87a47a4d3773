import { type AbstractSqlConnection, type AbstractSqlPlatform } from '@mikro-orm/sql';
import { type QualifiedName } from '../../schema/schema-model.js';
import { type CatalogueTable } from '../engine.js';
import { MySqlEngine } from '../mysql/mysql-engine.js';
import { sequencesIn, withoutDatabase } from './sequence-names.js';

/** MariaDB: as MySQL, and with sequences. */
export class MariaDbEngine extends MySqlEngine {
  constructor(platform: AbstractSqlPlatform) {
    super(platform, 'mariadb');
  }

  override async readTables(
    connection: AbstractSqlConnection,
    tables: readonly QualifiedName[],
  ): Promise<readonly CatalogueTable[]> {
    const read = await super.readTables(connection, tables);
    const [row] = await connection.execute<{ name: string }[]>('select database() as name');
    return read.map((table) => ({
      ...table,
      columns: table.columns.map((column) =>
        column.defaultSql === undefined
          ? column
          : { ...column, defaultSql: withoutDatabase(column.defaultSql, row?.name ?? '') },
      ),
    }));
  }

  readonly sequencesIn = sequencesIn;

  readonly missingSequences = async (
    connection: AbstractSqlConnection,
    sequences: readonly QualifiedName[],
  ): Promise<readonly QualifiedName[]> => {
    if (sequences.length === 0) return [];
    const [row] = await connection.execute<{ folds: number }[]>('select @@lower_case_table_names as folds');
    const folded = (name: string): string => (Number(row?.folds) === 0 ? name : name.toLowerCase());
    const rows = await connection.execute<{ name: string }[]>(
      `select table_name as name from information_schema.tables
        where table_schema = database() and table_type = 'SEQUENCE'`,
    );
    const existing = new Set(rows.map(({ name }) => folded(name)));
    return sequences.filter(({ name }) => !existing.has(folded(name)));
  };
}
