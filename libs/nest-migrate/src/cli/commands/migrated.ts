import { type MigrateResult } from '../../commands/migrate.js';
import { detectedLines } from '../present/detected.js';
import { type Terminal } from '../terminal.js';

/** Where a command that writes revisions wrote none, and not for want of a difference. */
export const NOTHING_LEFT = 'Nothing was written: processRevisionDirectives left no revision.';

/** What `migrate` found, to stderr; what it wrote, to stdout: the path, or with a dry run the source. */
export function tellMigrated(terminal: Terminal, { operations, created, source }: MigrateResult): void {
  for (const line of detectedLines(operations)) terminal.note(line);
  if (created.length > 0) created.forEach(({ path }) => terminal.result(path));
  else if (source.length > 0) source.forEach((text) => terminal.result(text.trimEnd()));
  else terminal.result(operations.length === 0 ? 'No changes in schema detected.' : NOTHING_LEFT);
}
