import { type PlanResult } from '../../commands/plan-result.js';
import { type GivenPlanOptions, type PlanFormat } from '../options/plan-options.js';
import { type Terminal } from '../terminal.js';

/** Whether the form is one document, which can be about one database alone. */
export function isDocument(format: PlanFormat | undefined): boolean {
  return format === 'sarif' || format === 'html';
}

/** A plan in the forms that go out to the letter; `undefined` for those that are laid out. */
export async function planScript(
  result: PlanResult,
  { given }: { readonly given: GivenPlanOptions },
): Promise<string | undefined> {
  const cwd = process.cwd();
  // few commands need them
  switch (given.format) {
    case 'github':
      return (await import('./plan-annotations.js')).planAnnotations(result, cwd);
    case 'sarif':
      return (await import('./plan-sarif.js')).planSarif(result, cwd);
    case 'markdown':
      return (await import('./plan-markdown.js')).planMarkdown(result, cwd);
    case 'html':
      return (await import('./plan-page.js')).planPage(result, cwd);
    default:
      return undefined;
  }
}

/** A plan as text. */
export async function planText(
  result: PlanResult,
  { given: { format = 'text' }, terminal }: { readonly given: GivenPlanOptions; readonly terminal: Terminal },
): Promise<readonly string[]> {
  if (format !== 'text') return [];
  return (await import('./plan-lines.js')).planLines(result, terminal.resultPage, process.cwd());
}
