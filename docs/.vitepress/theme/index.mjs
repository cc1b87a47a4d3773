import { h } from 'vue';
import { useData } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import './style.css';

/** Below each page, where its Markdown is. */
const MarkdownLink = {
  setup() {
    const { page, frontmatter } = useData();
    return () =>
      frontmatter.value.layout === 'home' || page.value.isNotFound
        ? null
        : h('p', { class: 'markdown-link' }, [
            h('a', { href: page.value.markdown, target: '_self' }, 'This page as Markdown'),
          ]);
  },
};

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-footer-before': () => h(MarkdownLink) }),
};
