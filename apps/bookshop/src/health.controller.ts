import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { InjectMigrationService, MigrationHealthIndicator, MigrationService } from 'nest-migrate';

/** Ready only when every revision of this build is applied to both databases. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly migrations: MigrationHealthIndicator,
    @InjectMigrationService('reporting') private readonly reporting: MigrationService,
  ) {}

  @Get()
  @HealthCheck()
  async check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.migrations.check('catalogue'),
      () => this.migrations.check('reporting', { migrations: this.reporting }),
    ]);
  }
}
