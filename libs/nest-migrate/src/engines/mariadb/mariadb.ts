import { type EngineDefinition } from '../engine.js';
import { mysqlLike, type MySqlTraits } from '../mysql/family.js';
import { mariadbTraits } from '../mysql/script.js';
import { mariadbCapabilities } from './capabilities.js';
import { mariadbStatements } from './ddl/statements.js';
import { mariadbSession } from './session/session-rules.js';

/** MariaDB: as MySQL, except for some of what it can do and for the place where it lists its connections. */
const traits: MySqlTraits = {
  name: 'mariadb',
  capabilities: mariadbCapabilities,
  session: mariadbSession,
  // performance_schema is off by default on MariaDB
  processList: 'information_schema.processlist',
  script: mariadbTraits,
  statements: mariadbStatements,
};

export const mariadb: EngineDefinition = {
  name: 'mariadb',
  isFor: ({ classNames }) => classNames.includes('MariaDbPlatform'),
  create: (connection) => mysqlLike(connection, traits),
};
