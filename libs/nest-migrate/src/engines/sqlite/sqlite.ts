import { SqlitePlatform } from '@mikro-orm/sql';
import { type EngineDefinition } from '../engine-definition.js';
import { sqliteStatements } from './ddl/statements.js';
import { SqliteDialect } from './sqlite-dialect.js';
import { SqliteEngine } from './sqlite-engine.js';

export const sqlite: EngineDefinition = {
  name: 'sqlite',
  // libSQL has another platform, which may connect to a server
  isFor: ({ platform, classNames: [own] }) => own === 'SqlitePlatform' && platform instanceof SqlitePlatform,
  dialect: ({ platform, config }) => new SqliteDialect(platform, config),
  comparison: ({ platform, config }) => {
    const dialect = new SqliteDialect(platform, config);
    return new SqliteEngine(platform, (alterations, existing) => dialect.needsTable(alterations, existing));
  },
  statements: ({ platform, config }) => sqliteStatements(platform, config),
};
