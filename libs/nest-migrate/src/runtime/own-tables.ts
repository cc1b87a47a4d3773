import { type RunTables, type Session } from './ports.js';

/** The journal beside a version table: `nest_migrate_journal` beside `nest_migrate_version`. */
export function journalTableName(versionTable: string): string {
  return ownTableName(versionTable, 'journal');
}

/** The history table beside a version table: `nest_migrate_history` beside `nest_migrate_version`. */
export function historyTableName(versionTable: string): string {
  return ownTableName(versionTable, 'history');
}

/** The lock table beside a version table: `nest_migrate_lock` beside `nest_migrate_version`. */
export function lockTableName(versionTable: string): string {
  return ownTableName(versionTable, 'lock');
}

/** The table beside a version table that keeps the schema: `nest_migrate_schema` beside `nest_migrate_version`. */
export function schemaTableName(versionTable: string): string {
  return ownTableName(versionTable, 'schema');
}

/** The table beside a version table that keeps the mark: `nest_migrate_mark` beside `nest_migrate_version`. */
export function markTableName(versionTable: string): string {
  return ownTableName(versionTable, 'mark');
}

/**
 * The names of those among them that say what is done, the version table first: without the lock, the mark, and the
 * journal, which says what is not.
 */
export function recordTableNames(versionTable: string): readonly string[] {
  const others = [lockTableName, markTableName, journalTableName].map((name) => name(versionTable));
  return ownTableNames(versionTable).filter((name) => !others.includes(name));
}

/** The names of all tables that the tool may have made beside a version table, with its own. */
export function ownTableNames(versionTable: string): readonly string[] {
  return [
    versionTable,
    ...[journalTableName, historyTableName, lockTableName, schemaTableName, markTableName].map((name) =>
      name(versionTable),
    ),
  ];
}

function ownTableName(versionTable: string, what: 'history' | 'journal' | 'lock' | 'mark' | 'schema'): string {
  return `${versionTable.replace(/_version$/, '')}_${what}`;
}

/** Whether all of the tool's own tables exist that a run needs from its beginning. */
export async function hasTables({ version, history }: RunTables, session: Session): Promise<boolean> {
  return (await version.exists(session)) && (await history?.isReady(session)) !== false;
}

/** Creates those tables where they are missing. To be called while holding the migration lock. */
export async function ensureTables({ version, history }: RunTables, session: Session): Promise<void> {
  await version.ensure(session);
  await history?.ensure(session);
}
