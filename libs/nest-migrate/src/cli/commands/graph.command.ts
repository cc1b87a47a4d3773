import { type GraphResult } from '../../commands/graph-result.js';
import { type RevisionInfo } from '../../commands/results.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { choice, flag, text } from '../definition/option.js';
import { eachResult, oneDatabase, resultOfDirectory } from '../definition/scope.js';
import { graphLines } from '../present/graph.js';
import { dotSource, MERMAID_EDGES, mermaidSource } from '../present/graph-sources.js';

export const graph = defineCommand({
  name: 'graph',
  group: 'Look at the revisions',
  description: 'Draw the revisions: as text, Mermaid, DOT or a page to look through',
  options: {
    format: choice('--format <form>', 'text (the default), mermaid, dot (Graphviz) or html', [
      'text',
      'mermaid',
      'dot',
      'html',
    ]),
    revRange: text('-r, --rev-range <[start]:[end]>', 'only these, both ends included'),
    indicateCurrent: flag('-i, --indicate-current', 'mark where the database is (asks it)'),
    plan: text('--plan <file>', 'html: what the revisions lock, from plan --out or plan --json'),
  },
  examples: [
    ['graph', 'as history --graph'],
    ['graph --format mermaid --output history.mmd', 'for a page on GitHub or GitLab'],
    ['graph --format dot | dot -Tsvg', 'as a picture, with Graphviz'],
    ['graph --format html --output history.html', 'a page with what each revision does'],
    ['graph -r ae10: -i', 'a part, and where the database is'],
  ],
  on: ({ format, revRange = '', indicateCurrent }) =>
    format === 'html'
      ? oneDatabase
      : indicateCurrent === true || /current/.test(revRange)
        ? eachResult
        : resultOfDirectory,

  check({ format, plan }) {
    if (plan !== undefined && format !== 'html') throw new Misuse('--plan needs --format html');
  },

  run: ({
    migrations,
    common,
    given: { format, revRange: range, indicateCurrent, plan },
  }): Promise<readonly RevisionInfo[] | GraphResult> =>
    format === 'html'
      ? migrations.graph({ ...common, range, indicateCurrent, plan })
      : migrations.history({ ...common, range, indicateCurrent }),

  async script(drawn, { given: { format } }) {
    // few pictures are pages
    if (!isList(drawn)) return (await import('../present/graph-page.js')).graphPage(drawn, process.cwd());
    return format === 'mermaid' ? mermaidSource(drawn) : format === 'dot' ? dotSource(drawn) : undefined;
  },

  present: (drawn, { given: { format = 'text', verbose = false }, terminal }) =>
    isList(drawn) && format === 'text' ? graphLines(drawn, { verbose, page: terminal.resultPage }) : [],

  hint(drawn, { given: { format }, terminal }) {
    if (!isList(drawn) || format !== 'mermaid') return;
    const edges = drawn.flatMap(({ downRevision, dependsOn }) => [...downRevision, ...dependsOn]).length;
    if (edges <= MERMAID_EDGES) return;
    terminal.note(
      `Mermaid draws no more than ${MERMAID_EDGES} edges by default, and this has ${edges}: take a part with -r.`,
    );
  },
});

function isList(drawn: readonly RevisionInfo[] | GraphResult): drawn is readonly RevisionInfo[] {
  return Array.isArray(drawn);
}
