import {
  type Level,
  levels,
  type PlanFinding,
  type PlannedStatement,
  type PlanResult,
} from '../../commands/plan-result.js';
import { countOf } from '../options/plan-options.js';
import {
  blockedWords,
  type PlanBlock,
  planBlocks,
  planTitle,
  sizeWords,
  waitingEntities,
  workWords,
} from './plan-blocks.js';

/** A plan as a page that needs nothing else, for light and dark screens and for paper. */
export function planPage(result: PlanResult, cwd: string): string {
  const blocks = planBlocks(result, cwd);
  const told = blocks.filter(({ findings }) => findings.length > 0);
  const quiet = blocks.filter(({ findings }) => findings.length === 0);
  const open = result.findings.filter(({ accepted }) => accepted === undefined);
  const counts = levels
    .toReversed()
    .map((level) => [level, open.filter((finding) => finding.level === level).length] as const)
    .filter(([, count]) => count > 0);
  const nothing = result.revisions.length === 0 ? 'There is no revision to look at.' : 'Nothing was found.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the upgrade does to the database</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>What the upgrade does to the database</h1>
<p>${text(planTitle(result))}</p>
<p class="counts">${
    counts.length === 0
      ? `<span class="fine">${nothing}</span>`
      : counts.map(([level, count]) => `<span class="${level}">${countOf(level, count)}</span>`).join(' ')
  }</p>
</header>
<main>
${told.map(block).join('\n')}
${quiet.length === 0 ? '' : quietTable(quiet)}
</main>
</body>
</html>
`;
}

function block({ level, revision, message, place, sql, statement, findings }: PlanBlock): string {
  const name = revision === null ? 'the run as a whole' : `<code>${text(revision)}</code> ${text(message)}`;
  return `<article class="${level ?? 'fine'}">
<h2><span class="level">${level ?? 'accepted'}</span> ${name}${place === null ? '' : ` <small>${text(place)}</small>`}</h2>
${sql === null ? '' : `<pre>${text(sql)}</pre>`}
${statement === null ? '' : statementPart(statement)}
<dl>
${findings.map(findingPart).join('\n')}
</dl>
</article>`;
}

function statementPart(statement: PlannedStatement): string {
  const entities = waitingEntities(statement);
  const whose = entities.length === 0 ? '' : ` Entities: ${entities.map((name) => `<b>${text(name)}</b>`).join(', ')}.`;
  const sentence = `<p class="consequence">${text(statement.consequence)}${whose}</p>`;
  if (statement.tables.length === 0) return sentence;
  const rows = statement.tables.map((table) => {
    const lock = [table.lock ?? 'none', ...(statement.algorithm === null ? [] : [statement.algorithm])].join(', ');
    const name = `${table.schema === undefined ? '' : `${table.schema}.`}${table.table}`;
    return row([`<code>${text(name)}</code>`, sizeWords(table), text(lock), workWords(table), blockedWords(table)]);
  });
  return `${sentence}\n${table(['table', 'size', 'lock', 'work', 'meanwhile'], rows)}`;
}

function findingPart({ rule, level, message, instead, accepted }: PlanFinding): string {
  if (accepted !== undefined) return `<dt class="fine">${text(rule)}</dt><dd>Accepted: ${text(accepted)}</dd>`;
  return `<dt class="${level}">${text(rule)}</dt><dd>${text(message)} <span class="instead">${text(instead)}</span></dd>`;
}

function quietTable(blocks: readonly PlanBlock[]): string {
  const rows = blocks.map(({ revision, sql, statement }) =>
    row([
      `<code>${text(revision ?? '')}</code>`,
      `<code>${text(sql ?? '')}</code>`,
      text(statement?.consequence ?? ''),
    ]),
  );
  const count = blocks.length === 1 ? 'One statement' : `${blocks.length} statements`;
  return `<details><summary>${count} about which there is nothing to say</summary>
${table(['revision', 'statement', 'requests'], rows)}
</details>`;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The colours of a level: those of the level itself stand out on both backgrounds. */
const COLOURS: Readonly<Record<Level | 'fine', readonly [light: string, dark: string]>> = {
  blocking: ['#b3261e', '#ff8a80'],
  warning: ['#8a5a00', '#ffc453'],
  notice: ['#3b5b8c', '#9cc2ff'],
  fine: ['#2c6e3f', '#7fd69a'],
};

function coloursOf(index: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}:${colours[index]};`)
    .join('');
}

const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1c2128;--soft:#59636e;--line:#d9dee4;--code:#f0f2f5;${coloursOf(0)}}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--ink:#e6e9ed;--soft:#9aa4af;--line:#343b43;--code:#12151a;${coloursOf(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header,main{max-width:64rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
header p{margin:.25rem 0;color:var(--soft)}
.counts span{display:inline-block;padding:.1rem .7rem;margin:.25rem .25rem 0 0;border:1px solid currentColor;border-radius:1rem;font-weight:600;font-size:.9rem}
article{background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--level);border-radius:.4rem;padding:1rem 1.25rem;margin:1.25rem 0;break-inside:avoid}
${['blocking', 'warning', 'notice', 'fine'].map((name) => `article.${name}{--level:var(--${name})}.counts .${name},dt.${name}{color:var(--${name})}`).join('\n')}
h2{font-size:1.05rem;margin:0 0 .6rem;font-weight:600}
h2 small{color:var(--soft);font-weight:400;overflow-wrap:anywhere}
.level{color:var(--level);text-transform:uppercase;font-size:.8rem;letter-spacing:.04em;margin-right:.4rem}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}
pre{background:var(--code);border-radius:.3rem;padding:.6rem .8rem;margin:0 0 .6rem;white-space:pre-wrap;overflow-wrap:anywhere}
.consequence{margin:.4rem 0;font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.5rem 0}
th{text-align:left;color:var(--soft);font-weight:500}
th,td{padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
dl{margin:.6rem 0 0}
dt{font-family:ui-monospace,monospace;font-size:.875rem;font-weight:600}
dd{margin:0 0 .6rem}
.instead{display:block;color:var(--soft)}
details{margin:1.5rem 0 3rem;color:var(--soft)}
summary{cursor:pointer}
details td{color:var(--ink)}
`.trim();
