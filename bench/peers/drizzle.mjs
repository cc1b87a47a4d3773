import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DB_URL });
await migrate(drizzle(pool), { migrationsFolder: process.env.HISTORY });
await pool.end();
