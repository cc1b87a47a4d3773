/** Beside each page its Markdown, and `llms.txt`, which lists them: for programs that read. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { siteLink } from './addresses.ts';
import { contents, home, notOnSite, pages, shownFiles } from './contents.ts';

/** Every page of `docs/`, below it. */
export function pagesIn(docs: string): readonly string[] {
  return readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        path.endsWith('.md') && !/(?:^|\/)(?:node_modules|\.vitepress)\//.test(path) && !notOnSite.includes(path),
    )
    .sort();
}

/** The Markdown of a page as the site gives it out: with what it includes, and with links to other Markdown. */
export function markdownOf(docs: string, page: string): string {
  const file = shownFiles[page] === undefined ? join(docs, page) : join(docs, '..', shownFiles[page]);
  const text = readFileSync(file, 'utf8')
    .replace(/^---\n[^]*?\n---\n/, '')
    .replaceAll(/^<!--[^]*?-->\n*/gm, '');
  return text.replaceAll(/(\]\()([^)\s]+)((?: "[^"]*")?\))/g, (whole, before: string, href: string, after: string) => {
    if (/^[a-z]+:|^#/.test(href)) return whole;
    const link = siteLink(page, href);
    if (link === undefined || link.startsWith('/test/') || link.endsWith('.svg'))
      return `${before}${link ?? href}${after}`;
    const [address, anchor] = link.split('#');
    const path = `${address.endsWith('/') ? `${address}index` : address}.md`;
    return `${before}${path}${anchor === undefined ? '' : `#${anchor}`}${after}`;
  });
}

/** Where the Markdown of a page is on the site. */
export function markdownAddress(page: string): string {
  return page.replace(/(?<=^|\/)README\.md$/, 'index.md');
}

/** What `llms.txt` says: https://llmstxt.org has the form. */
export function llmsText(): string {
  const sections = contents.map(({ title, pages: listed }) =>
    [
      `## ${title}`,
      '',
      ...listed.map(({ path, text, description }) => `- [${text}](/${markdownAddress(path)}): ${description}`),
    ].join('\n'),
  );
  return `${[`# ${home.text}`, `> ${home.description}`, ...sections].join('\n\n')}\n`;
}

export async function writeMarkdown(docs: string, folder: string): Promise<void> {
  for (const page of pagesIn(docs)) {
    const file = join(folder, markdownAddress(page));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, markdownOf(docs, page));
  }
  writeFileSync(join(folder, 'llms.txt'), llmsText());
  writeFileSync(join(folder, 'llms-full.txt'), pages.map(({ path }) => markdownOf(docs, path)).join('\n'));
}
