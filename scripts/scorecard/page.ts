/** docs/scorecard.md: the promises with the tests that keep them, and a tick where they passed in a run. */
import { type Promised, type PromiseGroup } from './promises.ts';

/** What a run has shown. */
export interface Run {
  /** When, and with which versions, as a sentence; empty before any run. */
  readonly told: string;
  /** The texts of the promises whose tests all passed. */
  readonly kept: ReadonlySet<string>;
}

const WRITTEN =
  '<!-- Written by npm run docs:scorecard from scripts/scorecard/promises.ts and the results of a run. -->';

const [TICK, NO_TICK] = ['✓', '☐'];

/** The page as it should be. */
export function scorecardPage(groups: readonly PromiseGroup[], { told, kept }: Run): string {
  const all = groups.flatMap(({ promises }) => promises);
  const ticks = all.filter(({ text }) => kept.has(text)).length;
  return [
    WRITTEN,
    '',
    '# Scorecard',
    '',
    'What the tool promises, and the tests that keep it. A link leads to the test. A tick says that every test of the line passed in the run',
    'that is named here; a line without one did not pass, or was not run. `npm test` looks that each test is there.',
    '',
    told === '' ? 'No run was written down yet.' : told,
    '',
    `${ticks} of ${all.length} promises have their tick.`,
    ...groups.flatMap(({ title, promises }) => [
      '',
      `## ${title}`,
      '',
      ...promises.flatMap((each) => [`- ${kept.has(each.text) ? TICK : NO_TICK} ${each.text}`, ...testsOf(each)]),
    ]),
    '',
  ].join('\n');
}

function testsOf({ kept }: Promised): readonly string[] {
  return kept.map(({ file, title }) => {
    const shown = title === '%s' ? file.replace('test/', '') : title;
    return `  - [${shown.replaceAll(/[*_[\]<>]/g, (mark) => `\\${mark}`)}](../${file} "${title}")`;
  });
}

/** What a page says of the last run. */
export function runOf(page: string): Run {
  const told = /^Run on .*$/m.exec(page)?.[0] ?? '';
  const kept = [...page.matchAll(/^- ✓ (.*)$/gm)].map(([, text]) => text);
  return { told, kept: new Set(kept) };
}

/** A result of jest, as `--json` writes it. */
export interface JestResult {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** The promises whose tests passed in these runs: each test at least once, and none of those with its title failed. */
export function keptIn(groups: readonly PromiseGroup[], results: readonly JestResult[]): ReadonlySet<string> {
  const files = results.flatMap(({ testResults }) => testResults);
  const passes = ({ kept }: Promised): boolean =>
    kept.every(({ file, title }) => {
      const pattern = patternOf(title);
      const found = files
        .filter(({ name }) => name.replaceAll('\\', '/').endsWith(`/${file}`))
        .flatMap(({ assertionResults }) => assertionResults.filter((each) => pattern.test(each.title)));
      const statuses = found.map(({ status }) => status);
      return statuses.includes('passed') && !statuses.includes('failed');
    });
  const all = groups.flatMap(({ promises }) => promises);
  return new Set(all.filter(passes).map(({ text }) => text));
}

/** A title with places for values, such as `on %s` or `finds $name`. */
function patternOf(title: string): RegExp {
  const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/%[sidjp#]|\\\$[\w.]+/g, '[^]*')}$`);
}
