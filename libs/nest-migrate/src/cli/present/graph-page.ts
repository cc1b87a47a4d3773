import { type GraphResult, type GraphRevision } from '../../commands/graph-result.js';
import { type PlannedRevision, type PlanResult } from '../../commands/plan-result.js';
import { printable } from '../printable.js';
import { scrub } from '../scrub.js';
import { obstacleWords } from './blame-lines.js';
import { graphColumns } from './graph-columns.js';
import {
  graphPageScript,
  type PageData,
  type PageRevision,
  type PageSection,
  type PageStatement,
  type PageWord,
} from './graph-page-script.js';
import { htmlPage, htmlText } from './html-page.js';
import { blockedWords, counted, lockWords, shownPath, sizeWords, workWords } from './plan-blocks.js';

/** A history as a page that needs nothing else: what is on the screen is drawn, so that its length does not matter. */
export function graphPage(result: GraphResult, cwd: string): string {
  const { revisions } = result;
  const { columns, edges, width } = graphColumns(
    revisions.map(({ revision, downRevision, dependsOn }) => ({
      id: revision,
      parents: downRevision,
      dependencies: dependsOn,
    })),
  );
  const rows = new Map(revisions.map(({ revision }, row) => [revision, row]));
  const data: PageData = {
    revisions: revisions.map((each) => pageRevision(each, { rows, plan: result.plan, cwd })),
    columns,
    edges: edges.map(({ from, to, column, isDependency }) => [from, to, column, isDependency ? 1 : 0]),
    width: Math.max(1, width),
  };
  return htmlPage({
    title: 'History of the database',
    style: STYLE,
    body: body(result),
    data,
    // bundlers wrap functions with names in this one, which they declare elsewhere
    script: `var __name=(work)=>work;(${graphPageScript.toString()})()`,
  });
}

function body(result: GraphResult): string {
  const { revisions, rows } = result;
  const filters = [
    ['pending', revisions.filter(({ isApplied }) => isApplied === false).length],
    ['heads', revisions.filter(({ isHead }) => isHead).length],
    ['merges', revisions.filter(({ isMergePoint }) => isMergePoint).length],
  ] as const;
  const buttons = filters
    .filter(([name, count]) => count > 0 || (name === 'pending' && rows !== null))
    .map(
      ([name, count]) =>
        `<button type="button" name="${name}" aria-pressed="false">${count} ${nameOf(name, count)}</button>`,
    );
  const signs = [
    ...(rows === null ? [] : [['<circle cx="10" cy="7" r="5.5" class="lane0 applied"/>', 'applied'] as const]),
    ...(rows === null ? [] : [['<circle cx="10" cy="7" r="5.5" class="lane0 pending"/>', 'pending'] as const]),
    ...(revisions.some(({ dependsOn }) => dependsOn.length > 0)
      ? [['<path d="M0 7H20" class="line dependency"/>', 'depends on'] as const]
      : []),
  ];
  const legend =
    signs.length === 0
      ? ''
      : `<p class="legend">${signs.map(([sign, word]) => `<span><svg width="20" height="14">${sign}</svg> ${word}</span>`).join(' ')}</p>`;
  return `
<header>
<div class="head"><h1>History of the database</h1>
${introduction(result)
  .map((line) => `<p>${htmlText(line)}</p>`)
  .join('\n')}</div>
<div class="tools">
<input id="search" type="search" placeholder="Search: id, message, table, SQL" aria-label="Search" autocomplete="off" spellcheck="false">
<span id="count" role="status"></span>
<span id="filters">${buttons.join('\n')}</span>
</div>
</header>
<noscript><p class="note">The drawing needs the script of this page, which does not run here.</p></noscript>
<main>
<div id="list" role="listbox" aria-label="Revisions, newest first" tabindex="0">
<p id="nothing" hidden>No revision has that.</p>
<div id="canvas"><div id="rows" role="presentation"></div><svg id="drawing" aria-hidden="true"></svg></div>
</div>
<aside id="details" aria-label="The chosen revision" aria-live="polite">
<p class="note">${revisions.length === 0 ? 'There is no revision.' : 'Choose a revision to see what it does.'}</p>
${legend}
<p class="keys"><kbd>↑</kbd> <kbd>↓</kbd> go through the revisions, <kbd>/</kbd> searches, <kbd>Esc</kbd> goes back.</p>
</aside>
</main>`;
}

function nameOf(name: string, count: number): string {
  return name === 'pending' ? name : count === 1 ? name.slice(0, -1) : name;
}

/** What the page is about, and what it does not know. */
function introduction({ revisions, rows, unknown, connection }: GraphResult): readonly string[] {
  const parts = [counted(revisions.length, 'revision')];
  if (connection !== 'default') parts.push(`connection ${printable(connection)}`);
  if (rows !== null) {
    const applied = revisions.filter(({ isApplied }) => isApplied === true).length;
    parts.push(
      `${applied} applied`,
      rows.length === 0 ? 'the database is at base' : `the database is at ${names(rows)}`,
    );
  }
  const isRead = revisions.some(({ content }) => content.kind === 'read');
  const told = isRead
    ? ['Made from the files alone: what is applied, and the SQL, are not known.']
    : rows === null
      ? ['The database was not asked: what is applied is not known.']
      : [];
  if (unknown.length > 0) told.push(`The database has ${names(unknown)}, which no file has.`);
  return [`${parts.join(', ')}.`, ...told];
}

/** The first of the names, and how many more there are. */
function names(ids: readonly string[]): string {
  const MOST = 4;
  const shown = ids.length > MOST ? ids.slice(0, MOST - 1) : ids;
  const more = ids.length - shown.length;
  return `${shown.map((id) => printable(id)).join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

interface Surroundings {
  /** The rows of the revisions that are shown. */
  readonly rows: ReadonlyMap<string, number>;
  readonly plan: PlanResult | null;
  readonly cwd: string;
}

function pageRevision(info: GraphRevision, surroundings: Surroundings): PageRevision {
  const [title = '', ...more] = info.message.trim().split(/\r?\n/);
  return {
    id: info.revision,
    title: printable(title.trim()),
    text: printable(more.join('\n').trim()),
    date: info.createDate === null ? null : printable(info.createDate).slice(0, 10),
    state: info.isApplied === null ? null : info.isApplied ? 'applied' : 'pending',
    isHere: info.isCurrent === true,
    isMerge: info.isMergePoint,
    isHead: info.isHead,
    marks: marksOf(info),
    facts: factsOf(info, surroundings),
    sections: [...planSections(info, surroundings.plan), ...contentSections(info)],
  };
}

function marksOf(info: GraphRevision): PageRevision['marks'] {
  const { branchLabels, replaces, irreversible } = info;
  return [
    ...(info.isCurrent === true ? ([['database', 'here']] as const) : []),
    ...(info.isHead ? ([[info.isEffectiveHead ? 'effective head' : 'head', 'head']] as const) : []),
    ...branchLabels.map((label) => [printable(label), 'label'] as const),
    ...(info.isMergePoint ? ([['merge', 'plain']] as const) : []),
    ...(info.isBranchPoint ? ([['branch point', 'plain']] as const) : []),
    ...(replaces.length > 0 ? ([[`replaces ${replaces.length}`, 'plain']] as const) : []),
    ...(irreversible === null ? [] : ([['irreversible', 'warning']] as const)),
  ];
}

function factsOf(info: GraphRevision, { rows, cwd }: Surroundings): PageRevision['facts'] {
  const word = (text: string): PageWord => [printable(text), null];
  const links = (ids: readonly string[]): readonly PageWord[] => ids.map((id) => [printable(id), rows.get(id) ?? null]);
  const { isApplied, isCurrent, createDate, irreversible, replacedBy, accept } = info;
  const state = isApplied === null ? [] : [word(isApplied ? 'applied' : 'pending')];
  const facts: PageRevision['facts'] = [
    ['Revision', [word(info.revision)]],
    ['State', isCurrent === true ? [...state, word('the database is here')] : state],
    ['Written', createDate === null ? [] : [word(createDate)]],
    ['Follows', info.isBase ? [word('nothing: it is a base')] : links(info.downRevision)],
    ['Followed by', info.isHead ? [word('nothing: it is a head')] : links(info.children)],
    ['Depends on', links(info.dependsOn)],
    ['Branch labels', info.branchLabels.map(word)],
    ['Replaces', links(info.replaces)],
    ['Replaced by', replacedBy === null ? [] : links([replacedBy])],
    ['Irreversible', irreversible === null ? [] : [word(irreversible)]],
    ['Accepts', accept.map(({ rule, reason }) => word(`${rule}: ${reason}`))],
    ['File', [word(shownPath(info.path, cwd))]],
  ];
  return facts.filter(([, values]) => values.length > 0);
}

const emptySection = { note: null, list: [], code: null, statements: [] } as const satisfies Partial<PageSection>;

function contentSections({ content }: GraphRevision): readonly PageSection[] {
  if (content.kind === 'read') {
    const note =
      content.code === null
        ? 'Its upgrade can not be read without running it.'
        : content.code.length === 0
          ? 'It does nothing.'
          : 'Read and not run: loops, conditions and functions may make more or less of it.';
    const code = content.code === null || content.code.length === 0 ? null : shown(content.code.join('\n'));
    return [{ ...emptySection, title: 'Upgrade, as it is written', note, code }];
  }
  const { operations, obstacle } = content;
  const unknown = obstacle === null ? null : `Not everything that it does is known: it ${obstacleWords[obstacle]}.`;
  const nothing = operations.length === 0 && obstacle === null ? 'It does nothing to the schema.' : null;
  const sql = operations.map(({ words, sql: statements }) =>
    statements === null
      ? `-- ${words.join(', ')}: the SQL depends on what the database has`
      : statements.map((statement) => (/;\s*$/.test(statement) ? statement : `${statement};`)).join('\n'),
  );
  return [
    {
      ...emptySection,
      title: 'Operations',
      note: unknown ?? nothing,
      list: operations.flatMap(({ words }) => words).map(shown),
    },
    ...(sql.length === 0 ? [] : [{ ...emptySection, title: 'SQL', code: shown(sql.join('\n')) }]),
  ];
}

function planSections({ revision }: GraphRevision, plan: PlanResult | null): readonly PageSection[] {
  const planned = plan?.revisions.find((each) => each.revision === revision);
  if (plan === null || planned === undefined) return [];
  const { failure, unmeasured } = planned;
  const note =
    failure !== null
      ? `It failed where it was measured: ${shown(failure.message)}`
      : unmeasured !== null
        ? `It was not measured: ${shown(unmeasured)}`
        : planned.statements.length === 0
          ? 'It sends no statement.'
          : null;
  return [{ ...emptySection, title: 'What it locks', note, statements: plannedStatements(planned, plan) }];
}

function plannedStatements(planned: PlannedRevision, { findings }: PlanResult): readonly PageStatement[] {
  const found = (ordinal: number | null): PageStatement['findings'] =>
    findings
      .filter(({ revision, statement }) => revision === planned.revision && statement === ordinal)
      .map(({ level, rule, message, instead, accepted }) =>
        accepted === undefined
          ? ([level, rule, shown(message), shown(instead)] as const)
          : (['fine', rule, `Accepted: ${shown(accepted)}`, ''] as const),
      );
  const ofAll = found(null);
  return [
    ...(ofAll.length === 0 ? [] : [{ sql: null, consequence: null, tables: [], findings: ofAll }]),
    ...planned.statements.map((statement) => ({
      sql: shown(statement.sql),
      consequence: shown(statement.consequence),
      tables: statement.tables.map((table) => [
        printable(table.schema === undefined ? table.table : `${table.schema}.${table.table}`),
        sizeWords(table),
        printable(lockWords(table, statement)),
        workWords(table),
        blockedWords(table),
      ]),
      findings: found(statement.ordinal),
    })),
  ];
}

/** Text that others have written, without passwords in URLs and without what turns the writing round. */
function shown(text: string): string {
  return printable(scrub(text));
}

const LANES: readonly (readonly [light: string, dark: string])[] = [
  ['#3567c9', '#7fa8ff'],
  ['#c2571a', '#ff9f66'],
  ['#25824f', '#6fd39b'],
  ['#8247c0', '#c79bff'],
  ['#b1286d', '#ff8fc0'],
  ['#0d7a8a', '#63d2e0'],
  ['#806400', '#e3c04d'],
  ['#5a6673', '#a9b5c1'],
];

function laneColours(index: 0 | 1): string {
  return LANES.map((colours, lane) => `--lane${lane}:${colours[index]};`).join('');
}

const STYLE = `
:root{--hover:#eef1f5;--chosen:#dfe9fb;--accent:#2558b8;${laneColours(0)}}
@media (prefers-color-scheme:dark){:root{--hover:#23282e;--chosen:#22334f;--accent:#8db3ff;${laneColours(1)}}}
html,body{height:100%}
body{display:grid;grid-template-rows:auto auto minmax(0,1fr);height:100dvh;font-size:15px}
header{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:flex-end;justify-content:space-between;padding:1rem 1.25rem;border-bottom:1px solid var(--line);background:var(--card);grid-row:1}
h1{font-size:1.25rem;line-height:1.2;margin:0}
header p{margin:.15rem 0 0;color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
.head{min-width:0}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
noscript{grid-row:2;padding:0 1.25rem}
main{grid-row:3;display:grid;grid-template-columns:minmax(0,1fr) minmax(20rem,36%);min-height:0}
input,button{font:inherit;color:inherit}
#search{width:19rem;max-width:100%;padding:.35rem .7rem;border:1px solid var(--line);border-radius:.4rem;background:var(--page)}
#count{min-width:5.5rem;color:var(--soft);font-size:.875rem;font-variant-numeric:tabular-nums;order:-1;text-align:right}
#filters{display:flex;gap:.4rem}
#filters button{padding:.3rem .75rem;border:1px solid var(--line);border-radius:1rem;background:none;font-size:.875rem;cursor:pointer;white-space:nowrap}
#filters button:hover{background:var(--hover)}
#filters button[aria-pressed=true]{background:var(--chosen);border-color:var(--accent);color:var(--accent);font-weight:600}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
#list{position:relative;overflow:auto;overflow-anchor:none;background:var(--card)}
#canvas{position:relative;contain:strict}
#drawing{position:absolute;top:0;left:0;pointer-events:none;will-change:transform}
#nothing{padding:2rem 1.25rem;margin:0;color:var(--soft)}
.row{position:absolute;top:0;left:0;right:0;height:40px;display:flex;align-items:center;gap:1rem;padding-right:1.25rem;cursor:pointer;white-space:nowrap;contain:content}
.row:hover{background:var(--hover)}
.row[aria-selected=true]{background:var(--chosen)}
.what{flex:1;min-width:0;display:flex;align-items:center;gap:.45rem;overflow:hidden}
.title{overflow:hidden;text-overflow:ellipsis}
.title.none{color:var(--soft);font-style:italic}
.id,.date{color:var(--soft);font-size:.8125rem;max-width:16rem;overflow:hidden;text-overflow:ellipsis}
.date{font-variant-numeric:tabular-nums;min-width:5.2rem;text-align:right}
.mark{flex:none;max-width:12rem;overflow:hidden;text-overflow:ellipsis;padding:0 .5rem;border:1px solid var(--line);border-radius:.8rem;font-size:.75rem;line-height:1.35rem;color:var(--soft)}
.mark.head{border-color:var(--accent);color:var(--accent);font-weight:600}
.mark.here{border-color:var(--fine);background:var(--fine);color:var(--card);font-weight:600}
.mark.label{background:var(--code);color:var(--ink)}
.mark.warning{border-color:var(--warning);color:var(--warning)}
.line{fill:none;stroke-width:2}
.line.dependency{stroke:var(--soft);stroke-dasharray:3 4;stroke-width:1.5}
${LANES.map((_, lane) => `.lane${lane}{stroke:var(--lane${lane})}circle.lane${lane}.applied{fill:var(--lane${lane})}`).join('')}
circle{stroke-width:2}
circle.pending{fill:var(--card)}
circle.here{fill:none;stroke:var(--fine);stroke-width:2}
#details{overflow:auto;border-left:1px solid var(--line);padding:1.25rem}
#details h2{font-size:1.2rem;line-height:1.3;margin:0 0 .5rem;overflow-wrap:anywhere}
#details h3{font-size:.8125rem;font-weight:600;letter-spacing:.03em;text-transform:uppercase;color:var(--soft);margin:1.5rem 0 .5rem}
#details p{margin:.4rem 0;overflow-wrap:anywhere}
.message{white-space:pre-wrap}
.note,.keys,.legend{color:var(--soft);font-size:.9rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.legend svg{vertical-align:-.1rem;margin-right:.2rem}
kbd{font:inherit;font-size:.8125rem;border:1px solid var(--line);border-bottom-width:2px;border-radius:.25rem;padding:0 .35rem;background:var(--card)}
.back{display:none}
.facts{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.25rem 1rem;margin:.75rem 0 0;font-size:.9rem}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
a{color:var(--accent)}
#details ul{margin:0;padding-left:1.1rem;overflow-wrap:anywhere}
#details pre{background:var(--card);border:1px solid var(--line);line-height:1.5}
.statement{padding-bottom:.75rem;margin-bottom:.75rem;border-bottom:1px solid var(--line)}
.statement:last-child{border:0;margin:0}
.consequence{font-weight:600}
.statement .facts{margin-bottom:.75rem}
.finding{border-left:.2rem solid var(--soft);padding-left:.7rem}
${['blocking', 'warning', 'notice', 'fine'].map((level) => `.finding.${level}{border-color:var(--${level})}.finding.${level} b{color:var(--${level})}`).join('')}
.instead{display:block;color:var(--soft)}
@media (max-width:48rem){
header{padding:.75rem 1rem}
.tools,#search{width:100%}
#filters{flex-wrap:wrap}
#count{order:0;text-align:left;min-width:0}
#count:empty{display:none}
main{grid-template-columns:minmax(0,1fr)}
.row{height:60px;display:grid;grid-template:"what what" auto "id date" auto/minmax(0,1fr) auto;align-content:center;gap:.1rem .75rem;padding-right:1rem}
.what{grid-area:what}.id{grid-area:id}.date{grid-area:date}
#details{display:none;position:fixed;inset:0;z-index:1;border:0;background:var(--page);padding:1rem}
#details.open{display:block}
.back{display:block;margin:0 0 1rem;padding:.4rem .8rem;border:1px solid var(--line);border-radius:.4rem;background:var(--card);cursor:pointer}
}
`;
