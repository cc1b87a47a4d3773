import { MigrationError, type MigrationErrorOptions } from './migration.error.js';

/** Thrown by `migratedDatabase()` where it can't give a test its database. */
export class MigratedDatabaseError extends MigrationError {
  readonly code = 'MIGRATED_DATABASE';

  constructor(problem: string, options: MigrationErrorOptions) {
    super(problem, options);
  }
}
