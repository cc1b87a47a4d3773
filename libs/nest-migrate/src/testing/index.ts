export { migratedDatabase } from './migrated-database.js';
export type { MigratedDatabase, MigratedDatabaseOptions } from './migrated-database.js';
