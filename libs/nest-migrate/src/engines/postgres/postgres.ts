import { type Operation } from '../../operations/operation.js';
import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type Statement } from '../ddl/statement.js';
import { type Engine, type EngineDefinition, type OrmConnection } from '../engine.js';
import { displayName } from '../tables/version-table.js';
import { pgliteCapabilities, postgresCapabilities } from './capabilities.js';
import { readPostgresCatalogue } from './catalogue/catalogue.js';
import { listPostgresUnsaid } from './catalogue/unsaid.js';
import { listPostgresForeignKeys } from './catalogue/catalogue-foreign-keys.js';
import {
  isOutOfScope,
  listOccupiedPostgresSchemas,
  listPostgresEnums,
  listPostgresSchemas,
  listPostgresTables,
  listPostgresViews,
  missingPostgresSequences,
} from './catalogue/catalogue-objects.js';
import { readPostgresDependents } from './dependents.js';
import { hasPostgresAttributes } from './kept-attributes.js';
import { postgresModel, postgresTypes } from './catalogue/model.js';
import { listPostgresRoutines } from './catalogue/routines.js';
import { missingPostgresTypes } from './catalogue/types.js';
import { checkNames } from './ddl/long-names.js';
import { postgresStatements } from './ddl/statements.js';
import { postgresSql } from './lexical-rules.js';
import { PostgresOracle } from './oracle.js';
import { postgresHolds } from './postcondition.js';
import { postgresScript } from './script.js';
import { postgresLock } from './session/lock.js';
import { pgliteSession, postgresSession } from './session/session-rules.js';
import { postgresTransactionLock } from './session/transaction-lock.js';
import { postgresTables } from './tables.js';

/** PostgreSQL, and PGlite, which runs PostgreSQL in this process. */
export const postgres: EngineDefinition = {
  name: 'postgres',
  isFor: ({ classNames }) => classNames.includes('BasePostgreSqlPlatform'),
  create,
};

/** DDL is transactional, and names belong to schemas. */
function create({ platform, config, classNames }: OrmConnection): Engine {
  const isEmbedded = classNames.includes('PglitePlatform');
  const home = config.get('schema') ?? platform.getDefaultSchemaName() ?? 'public';
  const scope = { home, ignored: config.get('schemaGenerator').ignoreSchema ?? [] };
  const adapter = new SchemaHelperAdapter(platform, postgresStatements(platform, config));
  const statements = (operation: Operation): readonly Statement[] =>
    checkNames(operation, adapter.statements(operation));
  return {
    name: 'postgres',
    capabilities: isEmbedded ? pgliteCapabilities : postgresCapabilities,
    platform,
    home,
    sql: postgresSql,
    ddl: {
      statements,
      format: (sql, params) => adapter.format(sql, params),
      holds: postgresHolds,
    },
    session: isEmbedded ? pgliteSession : postgresSession,
    locks: isEmbedded ? { ofSession: () => null } : { ofSession: postgresLock, ofTransaction: postgresTransactionLock },
    tables: postgresTables,
    types: postgresTypes(home),
    model: postgresModel(platform, home),
    catalogue: {
      ignoresSchema: (schema) => isOutOfScope(schema, scope),
      listTables: (connection) => listPostgresTables(connection, scope),
      listViews: (connection) => listPostgresViews(connection, scope),
      listEnums: (connection) => listPostgresEnums(connection, scope),
      listRoutines: (connection) => listPostgresRoutines(connection, scope),
      listHidden: async () => [],
      listForeignKeys: (connection) => listPostgresForeignKeys(connection, scope),
      listUnsaid: (connection) => listPostgresUnsaid(connection, scope),
      listSchemas: listPostgresSchemas,
      listOccupiedSchemas: listOccupiedPostgresSchemas,
      missingTypes: missingPostgresTypes,
      missingSequences: (connection, sequences) => missingPostgresSequences(connection, sequences),
      readDependents: (connection, parts) => readPostgresDependents(connection, scope, parts),
      hasAttributes: (connection, objects, parts) => hasPostgresAttributes(connection, scope, objects, parts),
      readTables: (connection, tables) => readPostgresCatalogue(connection, tables, home),
    },
    oracle: (connection) => new PostgresOracle(connection),
    describe: async (session, scope) =>
      (await import('./fingerprint/describe-postgres.js')).describePostgres(session, scope, home),
    statistics: async (session) =>
      (await import('./statistics/read-statistics.js')).readPostgresStatistics(session, home),
    script: (table, schema) =>
      postgresScript({
        name: displayName(table, schema),
        table: postgresSql.quote(schema, table),
        isQualified: schema !== undefined,
      }),
    scratch: async () => {
      const { pgliteScratch, postgresScratch } = await import('./scratch.js');
      return isEmbedded ? pgliteScratch : postgresScratch;
    },
    ...(!isEmbedded && { creation: async () => (await import('./database-creation.js')).postgresCreation }),
    online: async (...look) => (await import('./online/look-online.js')).lookOnline({ statements }, home)(...look),
    sweep: async (session, swept) => (await import('./sweep.js')).postgresSweep(session, swept, scope),
    impact: async () => new (await import('./impact/postgres-meter.js')).PostgresMeter(home, isEmbedded),
  };
}
