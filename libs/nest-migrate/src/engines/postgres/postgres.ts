import { BasePostgreSqlPlatform } from '@mikro-orm/sql';
import { type EngineDefinition } from '../engine-definition.js';
import { postgresStatements } from './ddl/statements.js';
import { PostgresDialect } from './postgres-dialect.js';
import { PostgresEngine } from './postgres-engine.js';

/** PostgreSQL, and PGlite, which runs PostgreSQL in this process. */
export const postgres: EngineDefinition = {
  name: 'postgres',
  isFor: ({ platform }) => platform instanceof BasePostgreSqlPlatform,
  dialect: ({ platform, config, classNames }) =>
    new PostgresDialect(platform, config, classNames.includes('PglitePlatform')),
  comparison: ({ platform, config }) =>
    new PostgresEngine(
      platform,
      config.get('schema') ?? platform.getDefaultSchemaName() ?? 'public',
      config.get('schemaGenerator').ignoreSchema ?? [],
    ),
  statements: ({ platform, config }) => postgresStatements(platform, config),
};
