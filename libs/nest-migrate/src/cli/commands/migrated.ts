import { type MigrateResult } from '../../commands/migrate.js';
import { detectedLines } from '../present/detected.js';
import { type Terminal } from '../terminal.js';

/** What `migrate` found, to stderr; what it wrote, to stdout: the path, or with a dry run the source. */
export function tellMigrated(terminal: Terminal, { operations, created, source }: MigrateResult): void {
  for (const line of detectedLines(operations)) terminal.note(line);
  if (operations.length === 0) terminal.result('No changes in schema detected.');
  else if (created.length === 0) source.forEach((text) => terminal.result(text.trimEnd()));
  else created.forEach(({ path }) => terminal.result(path));
}
