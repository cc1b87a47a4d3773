import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import pg from 'pg';

const db = new Kysely({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.DB_URL }) }),
});
const provider = new FileMigrationProvider({ fs, path, migrationFolder: process.env.HISTORY });
const { error } = await new Migrator({ db, provider }).migrateToLatest();
await db.destroy();
if (error !== undefined) throw error;
