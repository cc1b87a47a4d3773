import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type Capabilities } from '../capabilities.js';
import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type Ddl } from '../ddl/ddl.js';
import { type Statement } from '../ddl/statement.js';
import { type StatementTable } from '../ddl/statement-table.js';
import { type Operation } from '../../operations/operation.js';
import { type Engine, type OrmConnection } from '../engine.js';
import { type SessionRules } from '../session/session-rules.js';
import { displayName } from '../tables/version-table.js';
import { type MySqlVariant, readMySqlCatalogue } from './catalogue/catalogue.js';
import {
  listMySqlForeignKeys,
  listMySqlTables,
  listMySqlUnsaid,
  listMySqlViews,
} from './catalogue/catalogue-objects.js';
import { mysqlModel, mysqlTypes } from './catalogue/model.js';
import { listHidden, listMySqlGrants } from './catalogue/privileges.js';
import { listMySqlRoutines } from './catalogue/routines.js';
import { withShownParts } from './catalogue/shown-parts.js';
import { clusterOf } from './cluster/cluster-member.js';
import { alterationsTogether, asserted } from './ddl/alterations-together.js';
import { foreignKeysInPlace } from './ddl/foreign-keys-in-place.js';
import { restatedColumns } from './ddl/restated-columns.js';
import { mysqlDdl } from './ddl/statements.js';
import { portablePlatform } from '../sql/quoting.js';
import { mysqlSql } from './lexical-rules.js';
import { MySqlOracle } from './oracle.js';
import { mysqlHolds } from './postcondition.js';
import { mysqlScript, type MySqlScriptTraits } from './script.js';
import { writesEscapes } from './session/escaping.js';
import { lockName, mysqlLock, type ProcessListTable } from './session/lock.js';
import { mysqlTables } from './tables.js';

/** The differences between MySQL and MariaDB. */
export interface MySqlTraits {
  readonly name: MySqlVariant;
  readonly capabilities: Capabilities;
  readonly session: SessionRules;
  readonly processList: ProcessListTable;
  readonly script: MySqlScriptTraits;
  statements(platform: AbstractSqlPlatform, config: Configuration): StatementTable;
}

/** MySQL or MariaDB: every DDL statement commits, and a database takes the place of a schema. */
export function mysqlLike({ platform, config }: OrmConnection, traits: MySqlTraits): Engine {
  const { name, capabilities, session, processList } = traits;
  const adapter = new SchemaHelperAdapter(platform, traits.statements(platform, config));
  const portable = new SchemaHelperAdapter(platform, traits.statements(portablePlatform(platform), config));
  const model = mysqlModel(platform, name);
  const statements = (operation: Operation): readonly Statement[] => {
    const written = adapter.statements(operation);
    if (!writesEscapes(operation)) return written;
    const others = portable.statements(operation);
    return written.map((statement, at) => ({ ...statement, portable: others[at]?.sql }));
  };
  const together = alterationsTogether(statements);
  const ddl = mysqlDdl(platform, config, name);
  const inTheirWay = (operations: readonly Operation[], written: readonly Statement[]): readonly Statement[] =>
    foreignKeysInPlace(ddl, operations, asserted(written, operations[0]?.assertion));
  const ownDdl = {
    statements: (operation: Operation) => inTheirWay([operation], statements(operation)),
    together: {
      groups: <A extends Operation>(alterations: readonly A[]) => together.groups(alterations),
      statements: (group: readonly Operation[]) => inTheirWay(group, together.statements(group)),
    },
    restated: (session, operations) => restatedColumns(session, operations, capabilities),
    format: (sql, params) => adapter.format(sql, params),
    holds: mysqlHolds,
  } satisfies Ddl;
  return {
    name,
    capabilities,
    platform,
    sql: mysqlSql,
    ddl: ownDdl,
    session,
    schemaChanges: async () => (await import('./schema-change/schema-changes.js')).mysqlSchemaChanges,
    locks: {
      ofSession: (table, schema) => mysqlLock(table, schema, processList),
      cluster: (open) => clusterOf(open, processList),
    },
    tables: mysqlTables,
    types: mysqlTypes(name),
    model,
    catalogue: {
      ignoresSchema: () => false,
      listTables: listMySqlTables,
      listViews: listMySqlViews,
      listEnums: async () => [],
      listRoutines: (connection) => listMySqlRoutines(connection, name),
      listHidden,
      listGrants: listMySqlGrants,
      readFollowing: async (connection) => (await import('./catalogue/following.js')).readMySqlFollowing(connection),
      withShownParts,
      ...(name === 'mysql' && { listUnsaid: listMySqlUnsaid }),
      listForeignKeys: (connection) => listMySqlForeignKeys(connection, (rule) => model.canonicalRule(rule)),
      listSchemas: async () => [],
      listOccupiedSchemas: async () => [],
      readTables: (connection, tables) =>
        readMySqlCatalogue(connection, platform, tables, {
          variant: name,
          canonicalRule: (rule) => model.canonicalRule(rule),
        }),
    },
    oracle: (connection) => new MySqlOracle(connection, name),
    describe: async (opened, scope) =>
      (await import('./fingerprint/describe-mysql.js')).describeMySql(opened, scope, name),
    statistics: async (opened) => (await import('./statistics/read-statistics.js')).readMySqlStatistics(opened, name),
    script: (table, schema, lockWaitTimeout) =>
      mysqlScript(
        { name: displayName(table, schema), table: mysqlSql.quote(schema, table), isQualified: schema !== undefined },
        {
          lock: { name: lockName(table, schema), seconds: Math.ceil(lockWaitTimeout / 1000) },
          collation: collationOf(config),
          traits: traits.script,
        },
      ),
    scratch: async () => (await import('./scratch.js')).mysqlScratch({ hasComments: name === 'mariadb', processList }),
    creation: async () => (await import('./database-creation.js')).mysqlCreation,
    online: async (...look) =>
      (await import('./online/look-online.js')).lookOnline({ variant: name, ddl: ownDdl })(...look),
    sweep: async (opened, scope) => (await import('./sweep.js')).mysqlSweep(opened, scope),
    impact: async () => new (await import('./impact/mysql-meter.js')).MySqlMeter(name),
  };
}

/** The collation of connections: the driver's default, unless its `charset` option names one. */
function collationOf(config: Configuration): string {
  const { charset }: { readonly charset?: unknown } = config.get('driverOptions') ?? {};
  return typeof charset === 'string' && /^utf8mb4_\w+$/i.test(charset) ? charset.toLowerCase() : 'utf8mb4_unicode_ci';
}
