import { type Level, type PlanResult } from '../../commands/plan-result.js';
import { planBlocks, shownPath } from './plan-blocks.js';

const commands: Readonly<Record<Level, string>> = { blocking: 'error', warning: 'warning', notice: 'notice' };

/** A plan as the workflow commands by which GitHub puts annotations beside the lines of a pull request. */
export function planAnnotations(result: PlanResult, cwd: string): string {
  const lines = planBlocks(result, cwd).flatMap(({ statement, findings }) =>
    findings
      .filter(({ accepted }) => accepted === undefined)
      .map(({ level, rule, path, line, message, instead }) => {
        const properties = [
          ...(path === null ? [] : [`file=${property(shownPath(path, cwd))}`]),
          ...(line === null ? [] : [`line=${line}`]),
          `title=${property(rule)}`,
        ];
        const text = [message, ...(statement === null ? [] : [statement.consequence]), instead].join('\n');
        return `::${commands[level]} ${properties.join(',')}::${data(text)}`;
      }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** As GitHub's own toolkit escapes. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
