import { backfillInShort, clockOf } from '../../commands/backfill-words.js';
import { type RunStage } from '../../commands/run-progress.js';
import { type StyledLine } from './styled-line.js';

/** How far a run is, as one line: `Revision 2 of 5 (3f2a9c1b7d10), 1:07: create index …`. */
export function progressLine(stage: RunStage, elapsedMs: number, connection: string | undefined): StyledLine {
  const where = connection === undefined ? '' : `[${connection}] `;
  const time = clockOf(elapsedMs);
  switch (stage.stage) {
    case 'starting':
      return [['quiet', `${where}Starting, ${time}`]];
    case 'verifying': {
      const { revision, number, of } = stage;
      const about: StyledLine = [
        ['quiet', ' ('],
        ['revision', revision],
        ['quiet', ')'],
      ];
      return [['quiet', `${where}Verifying ${number} of ${of}`], ...about, ['quiet', `, ${time}`]];
    }
    case 'running': {
      const { step, number, of, statement, backfill } = stage;
      const revision: StyledLine =
        step.revision === null
          ? []
          : [
              ['quiet', ' ('],
              ['revision', step.revision],
              ['quiet', ')'],
            ];
      const what = (backfill && backfillInShort(backfill)) ?? statement?.replace(/\s+/g, ' ').trim();
      const doing = what === undefined ? '' : `: ${what}`;
      return [['quiet', `${where}Revision ${number} of ${of}`], ...revision, ['quiet', `, ${time}${doing}`]];
    }
    default:
      return [['quiet', `${where}${stage.stage.replace('waiting', 'Waiting')}, ${time}`]];
  }
}
