import { type MigrateResult } from '../../commands/migrate.js';
import { endless } from '../palette.js';
import { detectedLine } from '../present/detected-line.js';
import { detectedLines } from '../present/detected.js';
import { written } from '../present/styled-line.js';
import { type Terminal } from '../terminal.js';

/** Where a command that writes revisions wrote none, and not for want of a difference. */
export const NOTHING_LEFT = 'Nothing was written: processRevisionDirectives left no revision.';

/** What `migrate` found, to stderr; what it wrote, to stdout: the path, or with a dry run the source. */
export function tellMigrated(terminal: Terminal, result: MigrateResult): MigrateResult {
  const { operations, differences, created, source } = result;
  const page = endless(terminal.notePage);
  for (const { connection, operations: found } of differences) {
    if (differences.length > 1 && found.length > 0) terminal.note(`[${connection}]`);
    for (const line of detectedLines(found)) terminal.note(written(detectedLine(line), page));
  }
  if (created.length > 0) created.forEach(({ path }) => terminal.result(path));
  else if (source.length > 0) source.forEach((text) => terminal.result(text.trimEnd()));
  else terminal.result(operations.length === 0 ? 'No changes in schema detected.' : NOTHING_LEFT);
  return result;
}
