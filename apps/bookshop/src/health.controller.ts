import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { InjectMigrationService, MigrationService } from 'nest-migrate';

/** One connection's standing, as the health endpoint tells it. */
interface SchemaHealth {
  readonly atHead: boolean;
  readonly revisions: readonly string[];
}

/** Ready only when every revision of this build is applied to both databases. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly catalogue: MigrationService,
    @InjectMigrationService('reporting') private readonly reporting: MigrationService,
  ) {}

  @Get()
  async health(): Promise<Record<string, SchemaHealth>> {
    const health = { catalogue: await standing(this.catalogue), reporting: await standing(this.reporting) };
    if (Object.values(health).every(({ atHead }) => atHead)) return health;
    throw new ServiceUnavailableException(health);
  }
}

async function standing(migrations: MigrationService): Promise<SchemaHealth> {
  const { atHead, rows } = await migrations.current();
  return { atHead, revisions: rows };
}
