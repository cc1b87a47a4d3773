import { type SessionRules } from '../../session/session-rules.js';
import { text } from '../ddl/live-table.js';
import { sqliteRowBatches } from './row-batches.js';
import { sqliteSettings } from './settings.js';
import { sqliteTransaction, sqliteTransactionMark } from './transaction.js';

export const sqliteSession: SessionRules = {
  async verifyServer() {
    // nothing to check: the library is part of the driver
  },
  readOnly: { before: ['pragma query_only = 1'], first: [], after: ['pragma query_only = 0'] },
  /** Always the main file, even where a temporary table or a table of an attached file has the name. */
  async homeSchema(session, versionTable) {
    const place = `type = 'table' and name = ${text(versionTable)} collate nocase`;
    const [row] = await session.query<{ elsewhere: string | null }>(
      `select min(schema) as elsewhere from pragma_table_list where ${place} and schema not in ('main', 'temp')
         and not exists (select 1 from pragma_table_list where ${place} and schema = 'main')`,
    );
    return { schema: 'main', elsewhere: row?.elsewhere ?? null };
  },
  settings: sqliteSettings,
  batches: sqliteRowBatches,
  transactionMark: sqliteTransactionMark,
  lockingTransaction: sqliteTransaction,
};
