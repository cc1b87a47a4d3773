import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type Engine, type EngineDefinition, type OrmConnection } from '../engine.js';
import { displayName } from '../tables/version-table.js';
import { sqliteCapabilities } from './capabilities.js';
import { listSqliteTables, listSqliteViews, readSqliteCatalogue } from './catalogue/catalogue.js';
import { sqliteModel, sqliteTypes } from './catalogue/model.js';
import { sqliteDdl, sqliteStatements } from './ddl/statements.js';
import { TableAlterations } from './ddl/table-alterations.js';
import { sqliteSql } from './lexical-rules.js';
import { sqliteOracle } from './oracle.js';
import { sqliteHolds } from './postcondition.js';
import { sqliteScript } from './script.js';
import { sqliteSession } from './session/session-rules.js';
import { sqliteTables } from './tables.js';

export const sqlite: EngineDefinition = {
  name: 'sqlite',
  // libSQL has another platform, which may connect to a server
  isFor: ({ classNames: [own] }) => own === 'SqlitePlatform',
  create,
};

/** SQLite, a file that any process may open. A writer locks the whole file. */
function create({ platform, config }: OrmConnection): Engine {
  const statements = sqliteStatements(platform, config);
  const adapter = new SchemaHelperAdapter(platform, statements);
  const alterations = new TableAlterations(sqliteDdl(platform, config), statements);
  return {
    name: 'sqlite',
    capabilities: sqliteCapabilities,
    platform,
    sql: sqliteSql,
    ddl: {
      statements: (operation) => adapter.statements(operation),
      statementsOn: (session, operations) => alterations.online(session, operations),
      statementsFrom: (existing, operations) => alterations.offline(operations, existing),
      needsTable: (operations, existing) => alterations.needsTable(operations, existing),
      format: (sql, params) => adapter.format(sql, params),
      holds: sqliteHolds,
    },
    session: sqliteSession,
    // no lock other than the transaction
    locks: { ofSession: () => null },
    tables: sqliteTables,
    types: sqliteTypes,
    model: sqliteModel(platform),
    catalogue: {
      ignoresSchema: () => false,
      listTables: listSqliteTables,
      listViews: listSqliteViews,
      listEnums: async () => [],
      listRoutines: async () => [],
      listHidden: async () => [],
      listSchemas: async () => [],
      listOccupiedSchemas: async () => [],
      readTables: (connection, tables) => readSqliteCatalogue(connection, platform, tables),
    },
    oracle: sqliteOracle,
    describe: async (session, scope) =>
      (await import('./fingerprint/describe-sqlite.js')).describeSqlite(session, scope),
    statistics: async (session) => (await import('./statistics/read-statistics.js')).readSqliteStatistics(session),
    script: (table, schema, lockWaitTimeout) =>
      sqliteScript({ name: displayName(table, schema), table: sqliteSql.quote(schema, table) }, lockWaitTimeout),
    scratch: async () => (await import('./scratch.js')).sqliteScratch,
    sweep: async (session, scope) => (await import('./sweep.js')).sqliteSweep(session, scope),
    impact: async () => new (await import('./impact/sqlite-meter.js')).SqliteMeter(),
  };
}
