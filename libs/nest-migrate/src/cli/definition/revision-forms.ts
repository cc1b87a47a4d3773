import { type HelpRow, type HelpTable } from './help-table.js';

/** Examples of the symbol grammar. */
const forms = {
  head: ['head', 'the newest revision, where there is only one'],
  heads: ['heads', 'the newest revision of every branch'],
  base: ['base', 'before the first revision'],
  id: ['ae10', 'an id, or its beginning as far as no other has it'],
  label: ['label@head', 'the newest revision of the branch with that label'],
  from: ['ae10+2', 'two above a revision; ae10-2 below it; label@+2 on a branch'],
  up: ['+2', 'two steps up from where the database is'],
  down: ['-1', 'one step down from where the database is'],
  below: ['-1', 'one below the head'],
  range: ['base:ae10', 'with --sql: from where to where'],
  fromTo: ['head:ae10', 'with --sql: from where to where (default: head:-1)'],
  current: ['current', 'where the database is (asks it)'],
} as const satisfies Record<string, HelpRow>;

/** The part of a command's help that says what a revision may be written as. */
export function revisionForms(...kinds: readonly (keyof typeof forms)[]): HelpTable {
  return { title: 'Revisions', rows: kinds.map((kind) => forms[kind]) };
}
