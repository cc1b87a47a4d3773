/** Where on the site a file of the repository is. */
import { posix } from 'node:path';
import { addressOf, notOnSite, shownFiles } from './contents.ts';

/** The file of the repository that a page of `docs/` shows: itself, unless it includes another one. */
export function fileOf(page: string): string {
  return shownFiles[page] ?? `docs/${page}`;
}

/**
 * What a link in a page leads to on the site, from its root: `/guide/plan#forms`.
 *
 * @returns undefined for a file that the site does not have.
 */
export function siteLink(page: string, href: string): string | undefined {
  const [target, anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (target === '') return href;
  const path = posix.normalize(posix.join(posix.dirname(fileOf(page)), target));
  const shown = Object.entries(shownFiles).find(([, file]) => file === path)?.[0];
  if (shown !== undefined) return `/${addressOf(shown)}${hash}`;
  // the site has what is in this folder at its root
  if (path.startsWith('docs/public/')) return `/${path.slice('docs/public/'.length)}`;
  if (notOnSite.some((name) => path === `docs/${name}`)) return undefined;
  if (path.startsWith('docs/') && path.endsWith('.md')) return `/${addressOf(path.slice('docs/'.length))}${hash}`;
  if (path.startsWith('test/') && path.endsWith('.ts')) return `/${path}.html${hash}`;
  return undefined;
}
