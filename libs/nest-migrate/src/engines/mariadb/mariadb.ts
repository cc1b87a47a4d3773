import { type EngineDefinition } from '../engine-definition.js';
import { MariaDbEngine } from './mariadb-engine.js';
import { mariadbStatements } from './ddl/statements.js';
import { MariaDbDialect } from './mariadb-dialect.js';

export const mariadb: EngineDefinition = {
  name: 'mariadb',
  isFor: ({ classNames }) => classNames.includes('MariaDbPlatform'),
  dialect: ({ platform, config }) => new MariaDbDialect(platform, config),
  comparison: ({ platform }) => new MariaDbEngine(platform),
  statements: ({ platform, config }) => mariadbStatements(platform, config),
};
