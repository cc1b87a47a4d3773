import { type MigrateResult } from '../../commands/migrate.js';
import { type Merged } from '../../commands/merge.js';
import { type Created } from '../../commands/revision.js';
import { endless, type Page } from '../palette.js';
import { detectedLine } from './detected-line.js';
import { detectedLines } from './detected.js';
import { written } from './styled-line.js';

/** Where a command that writes revisions wrote none, and not for want of a difference. */
const NOTHING_LEFT = 'Nothing was written: processRevisionDirectives left no revision.';

/** What `migrate` found, a line a difference, with a header for each connection where there are several. */
export function differenceLines({ differences }: MigrateResult, page: Page): readonly string[] {
  return differences.flatMap(({ connection, operations }) => [
    ...(differences.length > 1 && operations.length > 0 ? [`[${connection}]`] : []),
    ...detectedLines(operations).map((line) => written(detectedLine(line), endless(page))),
  ]);
}

/** What `migrate` wrote: the paths, or with a dry run the source. */
export function migratedLines({ operations, created, source }: MigrateResult): readonly string[] {
  if (created.length > 0) return created.map(({ path }) => path);
  if (source.length > 0) return source.map((text) => text.trimEnd());
  return [operations.length === 0 ? 'No changes in schema detected.' : NOTHING_LEFT];
}

/** The paths of revisions that were written without a comparison. */
export function createdLines({ created }: Created): readonly string[] {
  return created.length === 0 ? [NOTHING_LEFT] : created.map(({ path }) => path);
}

/** What a proof of a merge has found. */
export function proofLines({ proof }: Merged): readonly string[] {
  if (proof === undefined) return [];
  const count = proof.orders.length === 1 ? '1 order' : `${proof.orders.length} orders`;
  return proof.commutes
    ? [`Proven on ${proof.engine}: ${count} of the branches lead to one schema and to the same rows.`]
    : proof.findings.flatMap(({ schema }) => schema);
}
