import { UnsupportedServerError, WrongServerError } from '../../../errors/database.errors.js';
import { refuseOthers } from '../../other-servers.js';
import { type HomeSchema, type SessionRules } from '../../session/session-rules.js';
import { type SqlSession } from '../../session/sql-session.js';
import { postgresSql } from '../lexical-rules.js';
import { AURORA_DSQL, otherThanPostgres } from '../other-servers.js';
import { concurrentStatements } from './concurrent-statements.js';
import { postgresLimits } from './limits.js';
import { blockerOf } from './lock.js';
import { postgresPartialStatements } from './partial-statements.js';
import { postgresRowBatches } from './row-batches.js';
import { postgresServer } from './server-session.js';
import { postgresSettings } from './settings.js';

const { quote, text: literal } = postgresSql;

/** A session in this process (PGlite): no other session holds a lock, and none could end a statement. */
export const pgliteSession: SessionRules = {
  async verifyServer(session) {
    await assertPostgres(session);
  },
  homeSchema,
  opening: (versionTable) => [VERSION, homeQuery(versionTable)],
  settings: postgresSettings,
  // behind a first query the server lets no transaction become another kind
  readOnly: { before: [], begin: 'begin transaction read only', first: ['select 1'], after: [] },
  concurrent: concurrentStatements,
  partial: postgresPartialStatements,
  batches: postgresRowBatches,
  transactionMark: {
    // a standby has no transaction ids of its own
    begun: 'select case when not pg_is_in_recovery() then txid_current()::text end',
    now: 'select txid_current_if_assigned()::text',
    isOpen: (mark) => `txid_current_if_assigned()::text = ${literal(mark)}`,
    fate: (mark) => `select txid_status(${literal(mark)}::bigint)`,
  },
};

/** A session of a server. */
export const postgresSession: SessionRules = {
  ...pgliteSession,
  async verifyServer(session) {
    const version = await assertPostgres(session);
    const [dsql] = await session.query<{ found: number }>(AURORA_DSQL.query);
    if (dsql?.found !== 0) throw new UnsupportedServerError(AURORA_DSQL.name, version, AURORA_DSQL.why);
  },
  opening: (versionTable) => [VERSION, AURORA_DSQL.query, homeQuery(versionTable)],
  server: postgresServer,
  limits: postgresLimits,
  blockerOf,
};

const VERSION = 'select version() as version';

function homeQuery(versionTable: string): string {
  return `select current_schema() as schema,
              (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.oid = to_regclass(${literal(quote(versionTable))}) and n.nspname <> current_schema()) as elsewhere`;
}

async function homeSchema(session: SqlSession, versionTable: string): Promise<HomeSchema> {
  const [row] = await session.query<HomeSchema>(homeQuery(versionTable));
  return { schema: row?.schema ?? null, elsewhere: row?.elsewhere ?? null };
}

/**
 * What the server says of itself.
 *
 * @throws UnsupportedServerError | WrongServerError
 */
async function assertPostgres(session: SqlSession): Promise<string> {
  const [row] = await session.query<{ version: string }>(VERSION);
  const version = row?.version ?? 'nothing';
  refuseOthers(version, otherThanPostgres);
  if (!version.startsWith('PostgreSQL')) {
    throw new WrongServerError('@mikro-orm/postgresql', version, 'the driver made');
  }
  return version;
}
