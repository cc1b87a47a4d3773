import { type EngineDefinition } from '../engine.js';
import { mysqlCapabilities } from './capabilities.js';
import { mysqlStatements } from './ddl/statements.js';
import { mysqlLike, type MySqlTraits } from './family.js';
import { mysqlTraits } from './script.js';
import { mysqlSession } from './session/session-rules.js';

const traits: MySqlTraits = {
  name: 'mysql',
  capabilities: mysqlCapabilities,
  session: mysqlSession,
  processList: 'performance_schema.processlist',
  script: mysqlTraits,
  statements: mysqlStatements,
};

export const mysql: EngineDefinition = {
  name: 'mysql',
  isFor: ({ classNames }) => classNames.includes('BaseMySqlPlatform'),
  create: (connection) => mysqlLike(connection, traits),
};
