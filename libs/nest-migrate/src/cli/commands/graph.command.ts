import { defineCommand } from '../definition/define-command.js';
import { choice, flag, text } from '../definition/option.js';
import { eachResult, resultOfDirectory } from '../definition/scope.js';
import { graphLines } from '../present/graph.js';
import { dotSource, MERMAID_EDGES, mermaidSource } from '../present/graph-sources.js';

export const graph = defineCommand({
  name: 'graph',
  group: 'Look at the revisions',
  description: 'Draw the revisions: as text, Mermaid or DOT',
  options: {
    format: choice('--format <form>', 'text (the default), mermaid or dot (Graphviz)', ['text', 'mermaid', 'dot']),
    revRange: text('-r, --rev-range <[start]:[end]>', 'only these, both ends included'),
    indicateCurrent: flag('-i, --indicate-current', 'mark where the database is (asks it)'),
  },
  examples: [
    ['graph', 'as history --graph'],
    ['graph --format mermaid --output history.mmd', 'for a page on GitHub or GitLab'],
    ['graph --format dot | dot -Tsvg', 'as a picture, with Graphviz'],
    ['graph -r ae10: -i', 'a part, and where the database is'],
  ],
  on: ({ revRange = '', indicateCurrent }) =>
    indicateCurrent === true || /current/.test(revRange) ? eachResult : resultOfDirectory,

  run: ({ migrations, common, given: { revRange, indicateCurrent } }) =>
    migrations.history({ ...common, range: revRange, indicateCurrent }),

  script: (revisions, { given: { format } }) =>
    format === 'mermaid' ? mermaidSource(revisions) : format === 'dot' ? dotSource(revisions) : undefined,

  present: (revisions, { given: { format = 'text', verbose = false }, terminal }) =>
    format === 'text' ? graphLines(revisions, { verbose, page: terminal.resultPage }) : [],

  hint(revisions, { given: { format }, terminal }) {
    const edges = revisions.flatMap(({ downRevision, dependsOn }) => [...downRevision, ...dependsOn]).length;
    if (format !== 'mermaid' || edges <= MERMAID_EDGES) return;
    terminal.note(
      `Mermaid draws no more than ${MERMAID_EDGES} edges by default, and this has ${edges}: take a part with -r.`,
    );
  },
});
