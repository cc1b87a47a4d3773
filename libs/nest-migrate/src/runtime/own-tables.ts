/** The name of a table of the tool's beside a version table: `nest_migrate_history` beside `nest_migrate_version`. */
export function ownTableName(versionTable: string, what: 'history' | 'journal' | 'lock'): string {
  return `${versionTable.replace(/_version$/, '')}_${what}`;
}
