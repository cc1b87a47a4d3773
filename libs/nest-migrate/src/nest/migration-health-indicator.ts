import { stepName } from '../errors/interrupted.errors.js';
import { Inject, Injectable } from '@nestjs/common';
import { MigrationError } from '../errors/migration.error.js';
import { type SchemaChange } from '../commands/schema-change.js';
import { describeHolder } from '../commands/describe-event.js';
import { type Status } from '../commands/status.js';
import { MigrationService } from './migration.service.js';
import { errorText } from '../errors/thrown.js';

/**
 * The result of a health check of one connection, under its key. It has the shape of a health indicator's result in
 * `@nestjs/terminus`.
 */
export type MigrationHealth<Key extends string = string> = Record<
  Key,
  {
    /** `down` while the application should get no requests. */
    readonly status: 'up' | 'down';
    /** Where the database stands, as in {@link Status}; absent where that cannot be told. */
    readonly standing?: Status['standing'];
    /** How many revisions wait to be applied; absent where that cannot be told. */
    readonly pending?: number;
    /** What is under way or wrong, in words; absent where there is nothing to say. */
    readonly message?: string;
    /**
     * Whether something else than a revision has changed the schema since the last run; absent unless it was asked for
     * and can be told.
     */
    readonly changedByHand?: boolean;
  }
>;

/**
 * Options of {@link MigrationHealthIndicator.check}.
 *
 * @example
 * await health.check('stock', { migrations: stock, details: true });
 */
export interface MigrationHealthOptions {
  /** The service of another connection. Default: that of the default connection. */
  readonly migrations?: MigrationsToCheck;
  /**
   * Whether the message says who holds the migration lock (process id, address, application and the SQL that runs), and
   * what the driver said where the database could not be asked. Health checks are often public, and SQL may hold a
   * password. Default: false.
   */
  readonly details?: boolean;
  /**
   * `'hash'`: whether something else than a revision has changed the schema since the last run is told as well. It stays
   * `up`: the message says so, with `details` which lines of the schema differ. It takes the time of a fingerprint, so ask
   * rarely, and needs the same option of `MigrationModule`, by which runs keep what it compares with. Default: no.
   */
  readonly drift?: 'hash';
}

/**
 * What of the service a health check calls.
 *
 * @example
 * const stock: MigrationsToCheck = { status: async () => migrations.status() };
 */
export type MigrationsToCheck = Pick<MigrationService, 'status'> & Partial<Pick<MigrationService, 'schemaChange'>>;

/**
 * Tells a health check where a database stands, for `@nestjs/terminus` or a controller of the application. It is `up`
 * at head, and where a newer version of the application has migrated the database. It is `down` while revisions are
 * pending, where a revision is unfinished, where the database holds a revision that no script has, and where the
 * database cannot be asked. While a process holds the migration lock, the message says so. It writes nothing and waits
 * for no lock. Without `details` it tells no SQL, no address, no role and no text of the driver. The module provides it
 * for the default connection; for another, give it the service.
 *
 * @example
 * import { Controller, Get } from '@nestjs/common';
 * import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
 *
 * @Controller('health')
 * class HealthController {
 *   constructor(private readonly health: HealthCheckService, private readonly migrations: MigrationHealthIndicator) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.migrations.check('migrations')]);
 *   }
 * }
 */
@Injectable()
export class MigrationHealthIndicator {
  constructor(@Inject(MigrationService) private readonly migrations: MigrationService) {}

  /**
   * Asks the database and never rejects: a failure is `down` with a message.
   *
   * @param key The name under which the result stands. Default `'migrations'`.
   * @example
   * await health.check(); // { migrations: { status: 'up', standing: 'head', pending: 0 } }
   * await health.check('stock', { migrations: stock, details: true });
   */
  async check<const Key extends string = 'migrations'>(
    key: Key = 'migrations' as Key,
    { migrations = this.migrations, details = false, drift }: MigrationHealthOptions = {},
  ): Promise<MigrationHealth<Key>> {
    return { [key]: await healthOf(migrations, details, drift) } as MigrationHealth<Key>;
  }
}

async function healthOf(
  migrations: MigrationsToCheck,
  details: boolean,
  drift: MigrationHealthOptions['drift'],
): Promise<MigrationHealth[string]> {
  let status: Status;
  let change: SchemaChange | undefined;
  try {
    status = await migrations.status();
    // a revision that is under way changes the schema, and is told of itself
    if (drift === 'hash' && status.unfinished === null && status.lock === null) {
      change = await migrations.schemaChange?.();
    }
  } catch (error) {
    return { status: 'down', message: details ? errorText(error) : reasonOf(error) };
  }
  const { standing, pending } = status;
  const parts = [messageOf(status, details), changeText(change, details)];
  const message = parts.filter((part) => part !== undefined).join('; ') || undefined;
  const isUp = (standing === 'head' || standing === 'ahead') && status.unfinished?.isInTheWay !== true;
  return {
    status: isUp ? 'up' : 'down',
    standing,
    pending: pending.length,
    ...(change !== undefined && change.verdict !== 'unknown' && { changedByHand: change.verdict === 'changed' }),
    ...(message !== undefined && { message }),
  };
}

function changeText(change: SchemaChange | undefined, details: boolean): string | undefined {
  if (change?.verdict !== 'changed') return undefined;
  const lines = details ? `: ${change.differences.join(', ')}` : '';
  return `something else than a revision has changed the schema since the last run${lines}`;
}

/** The kind of failure, and not its text, which names hosts, roles and folders. */
function reasonOf(error: unknown): string {
  const kind = error instanceof MigrationError ? ` (${error.code})` : '';
  return `where the database stands cannot be told${kind}`;
}

function messageOf({ standing, pending, unknown, unfinished, lock }: Status, details: boolean): string | undefined {
  const holder = details ? describeHolder(lock) : 'another session';
  const running = lock === null ? '' : `; ${holder} holds the migration lock`;
  if (standing === 'foreign')
    return `the database holds ${unknown.join(', ')}, which no script of this application has`;
  if (unfinished !== null) {
    const foreign = unfinished.isKnown ? '' : ', which no script of this application has,';
    const what = `the ${stepName(unfinished)}${foreign}`;
    return lock === null ? `${what} was interrupted` : `${what} is under way${running}`;
  }
  if (standing === 'ahead') return `a newer version of this application has applied ${unknown.join(', ')}`;
  if (pending.length === 0) return undefined;
  return `${pending.length} ${pending.length === 1 ? 'revision is' : 'revisions are'} pending${running}`;
}
