import { Injectable } from '@nestjs/common';
import { describeHolder, type Status } from '../commands/status.js';
import { MigrationService } from './migration.service.js';
import { errorText } from '../errors/thrown.js';

/** What a health check tells of a database; of the shape that `@nestjs/terminus` calls a health indicator's result. */
export type MigrationHealth<Key extends string = string> = Record<
  Key,
  {
    /** `down` while the application should get no requests. */
    readonly status: 'up' | 'down';
    readonly standing?: Status['standing'];
    /** How many revisions wait to be applied. */
    readonly pending?: number;
    /** What is under way or wrong, in words. */
    readonly message?: string;
  }
>;

/**
 * Tells a health check where a database stands, for `@nestjs/terminus` or a controller of one's own: `up` at head, and where a
 * newer version of the application has been; `down` while revisions are pending (and who applies them, where somebody holds the
 * migration lock), where a revision is unfinished, where the database holds what no script has, and where it does not answer.
 * It writes nothing and waits for no lock. The module provides it for the default connection; for another, hand in its service.
 *
 * @example
 * constructor(private readonly health: HealthCheckService, private readonly migrations: MigrationHealthIndicator) {}
 *
 * @Get()
 * @HealthCheck()
 * check() {
 *   return this.health.check([() => this.migrations.check('migrations')]);
 * }
 */
@Injectable()
export class MigrationHealthIndicator {
  constructor(private readonly migrations: MigrationService) {}

  /**
   * @param key under which name the result stands. Default `'migrations'`.
   * @param migrations the service of another connection.
   */
  async check<const Key extends string = 'migrations'>(
    key: Key = 'migrations' as Key,
    migrations: Pick<MigrationService, 'status'> = this.migrations,
  ): Promise<MigrationHealth<Key>> {
    return { [key]: await healthOf(migrations) } as MigrationHealth<Key>;
  }
}

async function healthOf(migrations: Pick<MigrationService, 'status'>): Promise<MigrationHealth[string]> {
  let status: Status;
  try {
    status = await migrations.status();
  } catch (error) {
    return { status: 'down', message: errorText(error) };
  }
  const { standing, pending } = status;
  const message = messageOf(status);
  const isUp = (standing === 'head' || standing === 'ahead') && status.unfinished?.isInTheWay !== true;
  return { status: isUp ? 'up' : 'down', standing, pending: pending.length, ...(message !== undefined && { message }) };
}

function messageOf({ standing, pending, unknown, unfinished, lock }: Status): string | undefined {
  const running = lock === null ? '' : `; ${describeHolder(lock)} holds the migration lock`;
  if (standing === 'foreign')
    return `the database holds ${unknown.join(', ')}, which no script of this application has`;
  if (unfinished !== null) {
    const foreign = unfinished.isKnown ? '' : ', which no script of this application has,';
    const what = `the ${unfinished.direction} of ${unfinished.revision}${foreign}`;
    return lock === null ? `${what} was interrupted` : `${what} is under way${running}`;
  }
  if (standing === 'ahead') return `a newer version of this application has applied ${unknown.join(', ')}`;
  if (pending.length === 0) return undefined;
  return `${pending.length} ${pending.length === 1 ? 'revision is' : 'revisions are'} pending${running}`;
}
