import { type LossRefusal, refusedLoss } from './loss.errors.js';
import { MigrationError } from './migration.error.js';
import { errorText } from './thrown.js';
import { command, worded } from './wording.js';

/** Why `fresh` drops nothing. */
export type FreshRefusal =
  | LossRefusal
  | {
      /** Something that is to stay stands on what would be dropped. */
      readonly kind: 'reachesBeyond';
      /** What would be lost, in words. */
      readonly lost: readonly string[];
    };

/** Thrown where `fresh` refuses to drop what a database holds. Nothing was dropped. */
export class FreshRefusedError extends MigrationError {
  readonly code = 'FRESH_REFUSED';

  constructor(
    /** The name of that database. */
    readonly database: string,
    /** Why. */
    readonly refusal: FreshRefusal,
  ) {
    super(...refusalText(database, refusal));
  }
}

function refusalText(database: string, refusal: FreshRefusal): ConstructorParameters<typeof MigrationError> {
  if (refusal.kind !== 'reachesBeyond')
    return [...refusedLoss(database, refusal, { loss: 'lose all that it holds', done: 'dropped', way: ['fresh'] })];
  const shown = refusal.lost.slice(0, 5).join(', ');
  const more = refusal.lost.length > 5 ? ` and ${refusal.lost.length - 5} more` : '';
  return [
    `What belongs to others would go with what is dropped: ${shown}${more}. Nothing was dropped.`,
    {
      cure: 'Drop that yourself first, or let the comparison include it (includeObject, includeName, skipTables).',
    },
  ];
}

/** Thrown before anything is dropped, where seeders are asked for and MikroORM has no extension that runs them. */
export class SeederMissingError extends MigrationError {
  readonly code = 'SEEDER_MISSING';

  constructor(
    /** The version of MikroORM. */
    version: string,
  ) {
    super('The ORM has no seeder. Nothing was dropped.', {
      cure: `npm install @mikro-orm/seeder@${version}, and in the MikroORM configuration: extensions: [SeedManager].`,
    });
  }
}

/** Thrown where a seeder fails. The database is at head by then. */
export class SeederFailedError extends MigrationError {
  readonly code = 'SEEDER_FAILED';

  constructor(
    /** The name of its class. */
    readonly seeder: string,
    cause: unknown,
  ) {
    super(`The database is fresh and at head, but ${seeder} failed: ${errorText(cause).replace(/[.\s]+$/, '')}.`, {
      cure: worded`Mend the seeder and run ${command('fresh', '--seed')} again.`,
      cause,
    });
  }
}
