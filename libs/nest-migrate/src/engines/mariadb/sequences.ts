import { type Engine } from '../engine.js';
import { sequencesIn, withoutDatabase } from './sequence-names.js';

/** MySQL's rules, and sequences: defaults may name them, with the name of the database in front. */
export function withSequences({ types, catalogue, ...engine }: Engine): Engine {
  return {
    ...engine,
    types: { ...types, sequencesIn },
    catalogue: {
      ...catalogue,
      async readTables(connection, tables) {
        const read = await catalogue.readTables(connection, tables);
        const [row] = await connection.execute<{ name: string }[]>('select database() as name');
        return read.map((table) => ({
          ...table,
          columns: table.columns.map((column) =>
            column.defaultSql === undefined
              ? column
              : { ...column, defaultSql: withoutDatabase(column.defaultSql, row?.name ?? '') },
          ),
        }));
      },
      async missingSequences(connection, sequences) {
        if (sequences.length === 0) return [];
        const [row] = await connection.execute<{ folds: number }[]>('select @@lower_case_table_names as folds');
        const folded = (name: string): string => (Number(row?.folds) === 0 ? name : name.toLowerCase());
        const rows = await connection.execute<{ name: string }[]>(
          `select table_name as name from information_schema.tables
            where table_schema = database() and table_type = 'SEQUENCE'`,
        );
        const existing = new Set(rows.map(({ name }) => folded(name)));
        return sequences.filter(({ name }) => !existing.has(folded(name)));
      },
    },
  };
}
