/** The links of the site as it was built, and its Markdown. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { built } from './build.ts';

/** Says whether something holds, and what does not. */
export type Check = (what: string, holds: boolean, detail?: string) => void;

function htmlFiles(): readonly string[] {
  return readdirSync(built, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.html') && path !== '404.html',
  );
}

/** Every link of every page leads to a file of the site, and to an anchor in it. */
export function checkLinks(check: Check): void {
  const files = htmlFiles();
  const texts = new Map(files.map((file) => [file, readFileSync(join(built, file), 'utf8')] as const));
  const anchors = new Map(
    [...texts].map(
      ([file, text]) => [file, new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => unescaped(id)))] as const,
    ),
  );
  const problems: string[] = [];
  const outside = new Set<string>();
  let count = 0;
  for (const [file, text] of texts) {
    for (const [, attribute, value] of text.matchAll(/ (href|src)="([^"]*)"/g)) {
      const href = unescaped(value);
      if (/^[a-z]+:/i.test(href)) {
        if (attribute === 'src' || /<link[^>]*$/.test(text.slice(0, text.indexOf(value)).slice(-200)))
          outside.add(href);
        continue;
      }
      count += 1;
      const [path, anchor] = href.split('#');
      const target =
        path === ''
          ? file
          : posix.join(path.startsWith('/') ? '' : posix.dirname(file), decodeURIComponent(path).replace(/^\//, ''));
      const page = target === '' || target === '.' || target.endsWith('/') ? posix.join(target, 'index.html') : target;
      if (!existsSync(join(built, page)) || !statSync(join(built, page)).isFile())
        problems.push(`${file} links to ${href}, which is not there`);
      else if (
        anchor !== undefined &&
        anchor !== '' &&
        page.endsWith('.html') &&
        anchors.get(page)?.has(decodeURIComponent(anchor)) !== true
      ) {
        problems.push(`${file} links to ${href}, which has no such anchor`);
      }
    }
  }
  check(`${count} links and anchors of ${files.length} pages are there`, problems.length === 0, problems.join('\n'));
  check('nothing is loaded from elsewhere', outside.size === 0, [...outside].join(', '));
}

/** Each page has its Markdown beside it, and `llms.txt` lists pages that are there. */
export function checkMarkdown(check: Check): void {
  const without = htmlFiles().filter(
    (file) => !file.startsWith('test/') && !existsSync(join(built, file.replace(/\.html$/, '.md'))),
  );
  check('each page has its Markdown beside it', without.length === 0, without.join(', '));
  const listed = [...readFileSync(join(built, 'llms.txt'), 'utf8').matchAll(/\]\(\/([^)]*)\)/g)].map(
    ([, path]) => path,
  );
  const missing = listed.filter((path) => !existsSync(join(built, path)));
  check(
    `llms.txt lists ${listed.length} pages, which are there`,
    listed.length > 30 && missing.length === 0,
    missing.join(', '),
  );
}

function unescaped(text: string): string {
  return text
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}
