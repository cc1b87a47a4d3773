import { defineConfig } from 'vitepress';
import { anchorOf } from '../../scripts/site/anchors.ts';
import { siteLink } from '../../scripts/site/addresses.ts';
import { addressOf, contents, home, notOnSite, pages } from '../../scripts/site/contents.ts';
import { writeMarkdown } from '../../scripts/site/markdown-files.ts';
import { testTitles, writeTests } from '../../scripts/site/test-pages.ts';

const byPath = new Map(pages.map((page) => [page.path, page]));
const tests = testTitles();

export default defineConfig({
  title: 'nest-migrate',
  description: home.description,
  lang: 'en',
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  srcExclude: [...notOnSite, 'node_modules/**'],
  rewrites: { 'rules/README.md': 'rules/index.md', 'adr/README.md': 'adr/index.md' },
  // pages of tests are written behind the build, which checks all other links
  ignoreDeadLinks: [/^\/test\//],
  head: [['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }]],
  markdown: {
    // what stands in angle brackets is text, such as <base>
    html: false,
    anchor: { slugify: anchorOf },
    theme: { light: 'github-light', dark: 'github-dark' },
    config: (markdown) => {
      markdown.core.ruler.before('normalize', 'comments', withoutComments);
      markdown.core.ruler.push('links', linksToSite);
      const text =
        markdown.renderer.rules.text ?? ((tokens, index) => markdown.utils.escapeHtml(tokens[index].content));
      // Vue would evaluate it
      markdown.renderer.rules.text = (...given) => text(...given).replaceAll('{{', '&#123;&#123;');
    },
  },
  transformPageData: (page) => {
    const path = page.filePath || page.relativePath;
    page.description = byPath.get(path)?.description ?? firstSentence(page.title);
    page.markdown = `/${page.relativePath}`;
  },
  transformHead: ({ pageData }) => [
    ['meta', { property: 'og:title', content: pageData.title || 'nest-migrate' }],
    ['link', { rel: 'alternate', type: 'text/markdown', href: `/${pageData.relativePath}` }],
  ],
  themeConfig: {
    search: {
      provider: 'local',
      options: { detailedView: 'auto', miniSearch: { searchOptions: { boost: { title: 6, titles: 2, text: 1 } } } },
    },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Recipes', link: '/recipes/rename', activeMatch: '/recipes/' },
      { text: 'Commands', link: '/guide/commands' },
      { text: 'Reference', link: '/reference/operations', activeMatch: '/reference/|/rules/' },
      { text: 'Scorecard', link: '/scorecard' },
    ],
    sidebar: contents.map(({ title, open, pages: listed }) => ({
      text: title,
      collapsed: !open,
      items: listed.map(({ path, text }) => ({ text, link: `/${addressOf(path)}` })),
    })),
    docFooter: { prev: 'Before', next: 'Next' },
  },
  buildEnd: async ({ outDir, srcDir }) => {
    await writeMarkdown(srcDir, outDir);
    await writeTests(outDir);
  },
});

/** Comments of Markdown are not for readers. What is in code stays. */
function withoutComments(state) {
  const parts = state.src.split(/^( *```[^]*?^ *```$)/m);
  state.src = parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/^<!--[^]*?-->$/gm, ''))).join('');
}

/** Links are relative to the file that a page shows, and a link to a test leads to the line of the test. */
function linksToSite(state) {
  const page = state.env.path?.replace(/^.*\/docs\//, '') ?? state.env.relativePath;
  for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
    const attribute = token.type === 'image' ? 'src' : 'href';
    const href = ['link_open', 'image'].includes(token.type) ? token.attrGet(attribute) : null;
    if (href === null || /^[a-z]+:|^#/.test(href)) continue;
    const link = siteLink(page, decodeURI(href));
    if (link === undefined) throw new Error(`${page}: ${href} leads to nothing on the site`);
    const title = token.attrGet('title');
    const line = title === null ? undefined : tests.get(`${link.slice(1, -'.html'.length)}: ${title}`);
    token.attrSet(attribute, line === undefined ? link : `${link}#L${line}`);
  }
}

function firstSentence(title) {
  return `${title}: a page of the documentation of nest-migrate.`;
}
