import { type Preview } from '../../commands/results.js';

/** What a run would send, as a script to read. */
export function previewText({ steps, endedBecause }: Preview): string {
  if (steps.length === 0) return '-- There is nothing to do.';
  return [
    ...steps.flatMap(({ direction, revision, statements }, index) => [
      ...(index === 0 ? [] : ['']),
      `-- ${direction} of ${revision ?? 'base'}`,
      ...(statements.length === 0 ? ['-- sends nothing'] : []),
      ...statements.map((sql) => (sql.startsWith('--') ? sql : `${sql};`)),
    ]),
    ...(endedBecause === null ? [] : ['', `-- The preview ends here. ${endedBecause.replace(/\s+/g, ' ')}`]),
  ].join('\n');
}
