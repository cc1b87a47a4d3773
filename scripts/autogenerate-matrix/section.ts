/** The section of the page that another program writes: each keeps what the other wrote. */

const [BEGIN, END] = [
  '<!-- Written by npm run docs:dependencies. -->',
  '<!-- End of what npm run docs:dependencies wrote. -->',
];

export function ownSection(lines: readonly string[]): string {
  return [BEGIN, '', ...lines, END].join('\n');
}

/** The section as it stands in a page; empty where there is none. */
export function sectionOf(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  return begin === -1 || end === -1 ? '' : page.slice(begin, end + END.length);
}

/** The page with the section in place of the one that it has, before the tables. */
export function withSection(page: string, section: string): string {
  const old = sectionOf(page);
  if (old !== '') return page.replace(old, () => section);
  return page.replace(/^## Features$/m, () => `${section}\n\n## Features`);
}
