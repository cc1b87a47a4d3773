/** Anchors of Markdown pages, as GitHub makes them: links in the pages then work in both places. */

/** The anchor of a heading's text, before it is made unique in its page. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** The headings of a page, without those in code. */
export function headingsOf(markdown: string): readonly { readonly level: number; readonly text: string }[] {
  const prose = markdown.replaceAll(/^( *)```[^]*?^\1```$/gm, '');
  return [...prose.matchAll(/^(#{1,6}) +(.*)$/gm)].map(([, marks, text]) => ({
    level: marks.length,
    text: plain(text),
  }));
}

/** The anchors of a page. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  return new Set(
    headingsOf(markdown).map(({ text }) => {
      const anchor = anchorOf(text);
      const count = counts.get(anchor) ?? 0;
      counts.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

/** A heading without the marks of Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim();
}

/** The links of a page that lead into the repository: the target, and the anchor in it. */
export function linksOf(markdown: string): readonly { readonly target: string; readonly anchor?: string }[] {
  const prose = markdown.replaceAll(/^( *)```[^]*?^\1```$/gm, '').replaceAll(/`[^`\n]*`/g, 'code');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, href]) => href)
    .filter((href) => !/^[a-z]+:/.test(href))
    .map((href) => {
      const [target, anchor] = href.split('#');
      return { target, anchor };
    });
}
