import { BaseMySqlPlatform } from '@mikro-orm/sql';
import { type EngineDefinition } from '../engine-definition.js';
import { mysqlStatements } from './ddl/statements.js';
import { MySqlDialect } from './mysql-dialect.js';
import { MySqlEngine } from './mysql-engine.js';

export const mysql: EngineDefinition = {
  name: 'mysql',
  isFor: ({ platform }) => platform instanceof BaseMySqlPlatform,
  dialect: ({ platform, config }) => new MySqlDialect(platform, config),
  comparison: ({ platform }) => new MySqlEngine(platform, 'mysql'),
  statements: ({ platform, config }) => mysqlStatements(platform, config),
};
