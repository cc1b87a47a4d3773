import { levels, type PlanFinding, type PlannedStatement, type PlanResult } from '../../commands/plan-result.js';
import { countOf } from '../options/plan-options.js';
import { htmlPage, htmlRow, htmlTable, htmlText } from './html-page.js';
import {
  blockedWords,
  lockWords,
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
  const summary =
    counts.length === 0
      ? `<span class="fine">${nothing}</span>`
      : counts.map(([level, count]) => `<span class="${level}">${countOf(level, count)}</span>`).join(' ');
  return htmlPage({
    title: TITLE,
    style: STYLE,
    body: `
<header>
<h1>${TITLE}</h1>
<p>${htmlText(planTitle(result))}</p>
<p class="counts">${summary}</p>
</header>
<main>
${told.map(block).join('\n')}
${quiet.length === 0 ? '' : quietTable(quiet)}
</main>`,
  });
}

const TITLE = 'What the upgrade does to the database';

function block({ level, revision, message, place, sql, statement, findings }: PlanBlock): string {
  const name = revision === null ? 'the run as a whole' : `<code>${htmlText(revision)}</code> ${htmlText(message)}`;
  return `<article class="${level ?? 'fine'}">
<h2><span class="level">${level ?? 'accepted'}</span> ${name}${place === null ? '' : ` <small>${htmlText(place)}</small>`}</h2>
${sql === null ? '' : `<pre>${htmlText(sql)}</pre>`}
${statement === null ? '' : statementPart(statement)}
<dl>
${findings.map(findingPart).join('\n')}
</dl>
</article>`;
}

function statementPart(statement: PlannedStatement): string {
  const entities = waitingEntities(statement);
  const whose =
    entities.length === 0 ? '' : ` Entities: ${entities.map((name) => `<b>${htmlText(name)}</b>`).join(', ')}.`;
  const sentence = `<p class="consequence">${htmlText(statement.consequence)}${whose}</p>`;
  if (statement.tables.length === 0) return sentence;
  const rows = statement.tables.map((table) => {
    const name = `${table.schema === undefined ? '' : `${table.schema}.`}${table.table}`;
    return htmlRow([
      `<code>${htmlText(name)}</code>`,
      sizeWords(table),
      htmlText(lockWords(table, statement)),
      workWords(table),
      blockedWords(table),
    ]);
  });
  return `${sentence}\n${htmlTable(['table', 'size', 'lock', 'work', 'meanwhile'], rows)}`;
}

function findingPart({ rule, level, message, instead, accepted }: PlanFinding): string {
  if (accepted !== undefined) return `<dt class="fine">${htmlText(rule)}</dt><dd>Accepted: ${htmlText(accepted)}</dd>`;
  return `<dt class="${level}">${htmlText(rule)}</dt><dd>${htmlText(message)} <span class="instead">${htmlText(instead)}</span></dd>`;
}

function quietTable(blocks: readonly PlanBlock[]): string {
  const rows = blocks.map(({ revision, sql, statement }) =>
    htmlRow([
      `<code>${htmlText(revision ?? '')}</code>`,
      `<code>${htmlText(sql ?? '')}</code>`,
      htmlText(statement?.consequence ?? ''),
    ]),
  );
  const count = blocks.length === 1 ? 'One statement' : `${blocks.length} statements`;
  return `<details><summary>${count} about which there is nothing to say</summary>
${htmlTable(['revision', 'statement', 'requests'], rows)}
</details>`;
}

const STYLE = `
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
.consequence{margin:.4rem 0;font-weight:600}
dl{margin:.6rem 0 0}
dt{font-family:ui-monospace,monospace;font-size:.875rem;font-weight:600}
dd{margin:0 0 .6rem}
.instead{display:block;color:var(--soft)}
details{margin:1.5rem 0 3rem;color:var(--soft)}
summary{cursor:pointer}
details td{color:var(--ink)}
`.trim();
