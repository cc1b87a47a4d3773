/** Draws times as bars, plain, and readable in light and dark. */

/** A tool, and how long it took. */
export interface Bar {
  readonly name: string;
  readonly seconds: number;
  readonly isOwn: boolean;
}

/** Bars that can be compared with one another. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LEFT = 200;
const RIGHT = 70;
const LINE = 30;

const STYLE = `
    text { font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
    .title { font-weight: 600; font-size: 16px; }
    .group, .note { fill: #59636e; }
    .card { fill: #ffffff; stroke: #d1d9e0; }
    .bar { fill: #a6b1bd; }
    .own { fill: #0969da; }
    .strong { font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .group, .note { fill: #9198a1; }
      .card { fill: #0d1117; stroke: #3d444d; }
      .bar { fill: #656c76; }
      .own { fill: #4493f8; }
    }
  `;

/** The picture as SVG. `told` is what it says to readers who do not see it. */
export function chart(title: string, note: string, groups: readonly BarGroup[], told: string): string {
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ seconds }) => seconds)));
  const parts: string[] = [];
  let y = 44;
  for (const { title: group, bars } of groups) {
    y += 30;
    parts.push(text('group', 24, y, group));
    for (const { name, seconds, isOwn } of [...bars].sort((a, b) => a.seconds - b.seconds)) {
      y += LINE;
      const width = Math.max(2, Math.round(((WIDTH - LEFT - RIGHT) * seconds) / longest));
      const strong = isOwn ? 'strong' : '';
      parts.push(
        text(strong, 24, y, name),
        `<rect class="bar${isOwn ? ' own' : ''}" x="${LEFT}" y="${y - 14}" width="${width}" height="18" rx="3"/>`,
        text(strong, LEFT + width + 8, y, `${seconds.toFixed(1)} s`),
      );
    }
    y += 10;
  }
  const height = y + 46;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title told">
  <title id="title">${escaped(title)}</title>
  <desc id="told">${escaped(told)}</desc>
  <style>${STYLE}</style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  ${[text('title', 24, 36, title), ...parts, text('note', 24, height - 18, note)].join('\n  ')}
</svg>
`;
}

function text(style: string, x: number, y: number, content: string): string {
  return `<text${style === '' ? '' : ` class="${style}"`} x="${x}" y="${y}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
