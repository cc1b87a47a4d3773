import { type RunStage } from '../../commands/run-progress.js';
import { type StyledLine } from './styled-line.js';

/** How far a run is, as one line: `Revision 2 of 5 (3f2a9c1b7d10), 1:07: create index …`. */
export function progressLine(stage: RunStage, elapsedMs: number, connection: string | undefined): StyledLine {
  const where = connection === undefined ? '' : `[${connection}] `;
  const time = clock(elapsedMs);
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
      const { step, number, of, statement } = stage;
      const revision: StyledLine =
        step.revision === null
          ? []
          : [
              ['quiet', ' ('],
              ['revision', step.revision],
              ['quiet', ')'],
            ];
      const doing = statement === undefined ? '' : `: ${statement.replace(/\s+/g, ' ').trim()}`;
      return [['quiet', `${where}Revision ${number} of ${of}`], ...revision, ['quiet', `, ${time}${doing}`]];
    }
    default:
      return [['quiet', `${where}${stage.stage.replace('waiting', 'Waiting')}, ${time}`]];
  }
}

/** Minutes and seconds, with hours where there are: `0:07`, `1:02:45`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}
