export { databaseAt } from './database-at.js';
export type { DatabaseAt } from './database-at.js';
export type { ApplicationUnderTest } from './database-setup.js';
export { describeMigrations } from './describe-migrations.js';
export type { DescribedTests, DescribeMigrationsOptions } from './describe-migrations.js';
export { migratedDatabase } from './migrated-database.js';
export type { MigratedDatabase, MigratedDatabaseOptions } from './migrated-database.js';
export type { TestRunner } from './test-runner.js';
export type { ModuleUnderTest, OptionsUnderTest } from './tested-commands.js';
