/** The documentation: its table of contents, its links, the pages that the sources make, and the commands that it names. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { reference } from '../../libs/nest-migrate/src/cli/reference.ts';
import { referencePages } from '../../scripts/reference/pages.ts';
import { type JestResult, keptIn, runOf, scorecardPage } from '../../scripts/scorecard/page.ts';
import { groups, promises } from '../../scripts/scorecard/promises.ts';
import { fileOf, siteLink } from '../../scripts/site/addresses.ts';
import { anchorsOf, headingsOf, linksOf } from '../../scripts/site/anchors.ts';
import { listedElsewhere, pages } from '../../scripts/site/contents.ts';
import { pagesIn } from '../../scripts/site/markdown-files.ts';
import { titlesIn } from '../../scripts/site/test-pages.ts';
import { samples } from '../unit/errors/samples.ts';

const all = pagesIn('docs');
const textOf = (page: string): string => readFileSync(fileOf(page), 'utf8');
const listed = pages.map(({ path }) => path);

describe('the table of contents', () => {
  it('has every page once, save those that a page of their folder lists', () => {
    expect(listed.filter((path) => !listedElsewhere.test(path) || path.endsWith('README.md'))).toEqual(listed);
    expect([...listed].sort()).toEqual(all.filter((path) => listed.includes(path)));
    const isLinked = (path: string): boolean => {
      const index = posix.join(posix.dirname(path), 'README.md');
      return all.includes(index) && linksOf(textOf(index)).some(({ target }) => target === posix.basename(path));
    };
    expect(all.filter((path) => !listed.includes(path) && !isLinked(path))).toEqual([]);
  });

  it('describes each page in one sentence of its own', () => {
    const descriptions = pages.map(({ description }) => description);
    expect(descriptions.filter((text) => !/^[A-Z].{15,160}\.$/.test(text))).toEqual([]);
    expect(new Set(descriptions).size).toBe(descriptions.length);
  });
});

describe('every page', () => {
  it('has one title, before all else', () => {
    const titled = (path: string): boolean => {
      const levels = headingsOf(textOf(path)).map(({ level }) => level);
      return levels[0] === 1 && levels.lastIndexOf(1) === 0;
    };
    // the file of benchmarks is a list of several, and the first page is no text
    expect(all.filter((path) => !titled(path))).toEqual(['benchmarks.md', 'index.md']);
  });

  it('links to files and headings that are there, and to what the site has', () => {
    const anchors = new Map<string, ReadonlySet<string>>();
    const isAnchor = (file: string, anchor: string): boolean => {
      const known = anchors.get(file) ?? anchorsOf(readFileSync(file, 'utf8'));
      anchors.set(file, known);
      return known.has(anchor);
    };
    let checked = 0;
    const broken = all.flatMap((path) => {
      const file = fileOf(path);
      return linksOf(textOf(path)).flatMap(({ target, anchor }) => {
        const to = target === '' ? file : posix.normalize(posix.join(posix.dirname(file), target));
        const link = `${file}: ${target}${anchor === undefined ? '' : `#${anchor}`}`;
        checked += 1;
        if (!existsSync(to) || siteLink(path, target) === undefined) return [link];
        return anchor === undefined || isAnchor(to, anchor) ? [] : [link];
      });
    });
    expect(checked).toBeGreaterThan(1_000);
    expect(broken).toEqual([]);
  });
});

it('the reference is what the sources say (npm run docs:reference)', () => {
  const stale = [...referencePages(samples('…'))].filter(
    ([path, text]) => readFileSync(join('docs', path), 'utf8') !== text,
  );
  expect(stale.map(([path]) => path)).toEqual([]);
});

describe('the scorecard', () => {
  it('has the promises of the list (npm run docs:scorecard)', () => {
    const page = readFileSync('docs/scorecard.md', 'utf8');
    expect(page).toBe(scorecardPage(groups, runOf(page)));
  });

  it('names a test for each promise, and every one of them is there', () => {
    const missing = promises.flatMap(({ text, kept }) => [
      ...(kept.length === 0 ? [text] : []),
      ...kept
        .filter(({ file, title }) => !titlesIn(readFileSync(file, 'utf8')).some((each) => each.title === title))
        .map(({ file, title }) => `${file}: ${title}`),
    ]);
    expect(missing).toEqual([]);
  });

  it('has a tick where each test passed, and in no other case', () => {
    const kept = [
      { file: 'test/a.spec.ts', title: 'holds on %s' },
      { file: 'test/b.spec.ts', title: 'holds' },
    ];
    const group = { title: 'A', promises: [{ text: 'It holds.', kept }] };
    const run = (...statuses: [file: string, title: string, status: string][]): JestResult => ({
      startTime: 0,
      testResults: statuses.map(([name, title, status]) => ({ name, assertionResults: [{ title, status }] })),
    });
    const [a, b] = [
      run(['/x/test/a.spec.ts', 'holds on MySQL', 'passed']),
      run(['/x/test/b.spec.ts', 'holds', 'passed']),
    ];
    const ticks = (...results: JestResult[]): number => keptIn([group], results).size;
    expect(ticks(a, b)).toBe(1);
    expect(ticks(a)).toBe(0);
    expect(ticks(a, run(['/x/test/b.spec.ts', 'holds', 'pending']))).toBe(0);
    expect(ticks(a, b, run(['/x/test/a.spec.ts', 'holds on SQLite', 'failed']))).toBe(0);
    expect(ticks(a, run(['/x/test/b.spec.ts', 'holds not', 'passed']))).toBe(0);
  });
});

describe('the commands that the pages name', () => {
  const options = new Map(
    reference().commands.map(({ name, tables }) => {
      const terms = tables
        .filter(({ title }) => /options$/i.test(title))
        .flatMap(({ rows }) => rows.map(([term]) => term));
      return [name, new Set(terms.flatMap((term) => term.match(/(?<![\w-])--?[a-z][\w-]*/gi) ?? []))] as const;
    }),
  );

  /** The blocks of YAML in a page. */
  function yamlIn(markdown: string): readonly unknown[] {
    return [...markdown.matchAll(/^ *```ya?ml\n([^]*?)^ *```$/gm)].map(([, text]) => parse(text) as unknown);
  }

  /** The command lines of what was YAML: those of a step of a workflow, and that of a container. */
  function commandsIn(value: unknown): readonly string[] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
      if (key === 'run' && typeof inner === 'string') return inner.split('\n');
      if (key === 'command' && Array.isArray(inner)) return [inner.join(' ')];
      return commandsIn(inner);
    });
  }

  /** The command lines in a page, in blocks, in workflows and in sentences. */
  function linesOf(markdown: string): readonly string[] {
    const blocks = [...markdown.matchAll(/^ *```(?:sh|bash|console)\n([^]*?)^ *```$/gm)].flatMap(([, text]) =>
      text.split('\n'),
    );
    const jobs = yamlIn(markdown).flatMap(commandsIn);
    const sentences = [...markdown.replaceAll(/^ *```[^]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(
      ([, text]) => text,
    );
    const command =
      /^(?:\$ )?(?:(?:nest start|npm run(?: -s| --silent)? db|npx nest start)(?: \w+)? -- )?(?:npx )?(?:node \S+ )?(?:db|nest-migrate) ([a-z][a-z-]*(?: .*)?)$/;
    return [...blocks, ...jobs, ...sentences].flatMap((line) => command.exec(line.trim())?.[1] ?? []);
  }

  /** What is wrong with a line: a command or an option that there is not. */
  function wrongIn(line: string): readonly string[] {
    const [words] = line.replaceAll(/"[^"]*"|'[^']*'/g, 'text').split(/\s+(?:#|\||>|&&)/);
    const [name, ...rest] = words.split(/\s+/);
    const known = options.get(name);
    if (known === undefined) return [`${name}: ${line}`];
    return rest
      .filter((word) => /^--?[a-z]/i.test(word))
      .map((word) => word.replace(/=.*/, ''))
      .filter((word) => !known.has(word) && !(/^-r/.test(word) && known.has('-r')))
      .map((word) => `${word}: ${line}`);
  }

  it('are commands of the group, with options that they have', () => {
    const lines = [...all, '../README.md'].flatMap((path) => linesOf(readFileSync(join('docs', path), 'utf8')));
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.flatMap(wrongIn)).toEqual([]);
  });

  it('are found in workflows and containers, which are YAML', () => {
    const found = all.flatMap((path) => yamlIn(textOf(path)).flatMap(commandsIn));
    expect(found.filter((line) => / db (?:lint|upgrade)\b/.test(line))).toHaveLength(4);
    expect(() => yamlIn('```yaml\na: [\n```')).toThrow();
    expect(linesOf('```yaml\nsteps:\n  - run: node dist/main.js db upgrad\n```').flatMap(wrongIn)).toEqual([
      'upgrad: upgrad',
    ]);
  });

  it('would be found wrong', () => {
    expect(linesOf('```sh\nnest start -- db upgrad\n```\nand `db upgrade --fats`.').flatMap(wrongIn)).toEqual([
      'upgrad: upgrad',
      '--fats: upgrade --fats',
    ]);
  });
});
