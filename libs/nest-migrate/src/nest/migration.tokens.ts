import { Inject, type InjectionToken } from '@nestjs/common';
import { MigrationService } from './migration.service.js';

/**
 * The token of a connection's {@link MigrationService}: the class itself for the default connection.
 *
 * @param contextName MikroORM's `contextName`; absent for the default connection.
 * @example
 * const reporting = app.get<MigrationService>(getMigrationServiceToken('reporting'));
 */
export function getMigrationServiceToken(contextName?: string): InjectionToken<MigrationService> {
  return contextName === undefined ? MigrationService : `${contextName}_MigrationService`;
}

/**
 * The token of a connection's options, for tests that override them.
 *
 * @example
 * import { Test } from '@nestjs/testing';
 *
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getMigrationOptionsToken())
 *   .useValue({ onBootstrap: 'off' });
 */
export function getMigrationOptionsToken(contextName?: string): string {
  return contextName === undefined ? 'NestMigrateOptions' : `${contextName}_NestMigrateOptions`;
}

/** The token of a connection's boot where the module did not get MikroORM in `orm`. */
export function getMigrationBootstrapToken(contextName?: string): string {
  return contextName === undefined ? 'NestMigrateBootstrap' : `${contextName}_NestMigrateBootstrap`;
}

/**
 * Injects the {@link MigrationService} of a named connection.
 *
 * @example
 * class ReportingStatus {
 *   constructor(@InjectMigrationService('reporting') private readonly migrations: MigrationService) {}
 * }
 */
export function InjectMigrationService(contextName: string): ParameterDecorator & PropertyDecorator {
  return Inject(getMigrationServiceToken(contextName));
}
