import { createHash } from 'node:crypto';
import { type Level } from '../../commands/plan-result.js';

/** The parts of a page that needs nothing else. */
export interface HtmlParts {
  readonly title: string;
  /** Style of this page, behind that of all pages. */
  readonly style: string;
  readonly body: string;
  /** Values for the script, which finds them as JSON in the element `data`. */
  readonly data?: unknown;
  readonly script?: string;
}

/**
 * A page for light and dark screens. Its content security policy lets it load nothing, and run nothing but its own script.
 */
export function htmlPage({ title, style, body, data, script }: HtmlParts): string {
  const css = `${PAGE_STYLE}\n${style.trim()}\n`;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(css)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${htmlText(title)}</title>
<style>${css}</style>
</head>
<body>
${body.trim()}
${data === undefined ? '' : `<script type="application/json" id="data">${jsonText(data)}</script>\n`}${
    script === undefined ? '' : `<script>${script}</script>\n`
  }</body>
</html>
`;
}

/** Text as it stands in HTML, also between quotes. */
export function htmlText(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A table that scrolls where the screen is too narrow. Its rows are those of {@link htmlRow}. */
export function htmlTable(heads: readonly string[], rows: readonly string[]): string {
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`;
}

/** A row of cells that are HTML. */
export function htmlRow(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/** JSON inside of an element: nothing in it ends that. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The colours of a level: those of the level itself stand out on both backgrounds. */
const LEVEL_COLOURS: Readonly<Record<Level | 'fine', readonly [light: string, dark: string]>> = {
  blocking: ['#b3261e', '#ff8a80'],
  warning: ['#8a5a00', '#ffc453'],
  notice: ['#3b5b8c', '#9cc2ff'],
  fine: ['#2c6e3f', '#7fd69a'],
};

function coloursOf(index: 0 | 1): string {
  return Object.entries(LEVEL_COLOURS)
    .map(([name, colours]) => `--${name}:${colours[index]};`)
    .join('');
}

const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1c2128;--soft:#59636e;--line:#d9dee4;--code:#f0f2f5;${coloursOf(0)}}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--ink:#e6e9ed;--soft:#9aa4af;--line:#343b43;--code:#12151a;${coloursOf(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}
pre{background:var(--code);border-radius:.3rem;padding:.6rem .8rem;margin:0 0 .6rem;white-space:pre-wrap;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.5rem 0}
th{text-align:left;color:var(--soft);font-weight:500}
th,td{padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
`.trim();
