import { type BlameResult, type RecordingObstacle } from '../../commands/blame.js';
import { type Page } from '../palette.js';
import { revisionLine } from './revision-line.js';
import { written } from './styled-line.js';

/** What the revisions did to a table or a column, newest first, and behind them those of which that is not known. */
export function blameLines(
  { touched, unrecorded }: BlameResult,
  { name, page }: { readonly name: string; readonly page: Page },
): readonly string[] {
  const lines = touched.flatMap(({ revision, names, operations }) => [
    written(
      [
        ...revisionLine(revision, { message: true }),
        ...(names.includes(name) ? [] : ([['quiet', ` (${names.join(', ')})`]] as const)),
      ],
      page,
    ),
    ...operations.map((text) => written([['plain', `    ${text}`]], page)),
  ]);
  const others = unrecorded.map(({ revision, obstacle }) =>
    written([...revisionLine(revision, { message: true }), ['quiet', `: ${obstacleWords[obstacle]}`]], page),
  );
  return [
    ...(lines.length > 0 ? lines : [`No revision is known to touch ${name}.`]),
    ...(others.length === 0 ? [] : ['', 'Not everything that these do is known:', ...others]),
  ];
}

/** Why not everything is known that a revision does: the end of a sentence about it. */
export const obstacleWords: Readonly<Record<RecordingObstacle, string>> = {
  query: 'asks the database',
  transaction: 'works on rows with code',
  backfill: 'fills rows in batches',
  failure: 'fails without a database',
  endless: 'does not end without a database',
  load: 'does not load',
};
