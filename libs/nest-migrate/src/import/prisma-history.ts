import { join } from 'node:path';
import { type HistorySource, type ImportedMigration, type ImportPlace } from './imported-history.js';
import { foldersIn } from './migration-files.js';
import { statementsOfFile } from './sql-file.js';

/** The history of Prisma Migrate: a folder of SQL for each migration, without a way back. */
export function prismaHistory({ fs, base, engine, folder, table }: ImportPlace): HistorySource {
  const place = folder ?? join(base, 'prisma', 'migrations');
  return {
    tool: 'prisma',
    title: 'Prisma',
    place,
    table: { name: table ?? '_prisma_migrations' },
    readHistory: async () => {
      const migrations: ImportedMigration[] = [];
      for (const { name, path } of await foldersIn(place, fs)) {
        const file = join(path, 'migration.sql');
        if (!(await fs.exists(file))) continue;
        migrations.push({
          name,
          file,
          // Prisma sends the file as one text
          isTransactional: true,
          up: { kind: 'sql', statements: statementsOfFile(await fs.readText(file), engine.sql) },
          down: { kind: 'irreversible', reason: 'Prisma writes no way back' },
        });
      }
      return migrations;
    },
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<{ name: string }[]>(
        `select migration_name as name from ${engine.sql.quote(schema, name)} where finished_at is not null and rolled_back_at is null order by started_at, migration_name`,
      );
      return rows.map((row) => row.name);
    },
  };
}
