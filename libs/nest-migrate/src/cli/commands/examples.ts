import { type HelpRow } from './help.js';

/** Command lines for the end of each command's help, without the group's name. */
export const examples: Readonly<Record<string, readonly HelpRow[]>> = {
  init: [
    ['init', 'where the options say, migrations/ by default'],
    ['init --template javascript', 'for an application without TypeScript; list-templates tells more'],
    ['init -d database/migrations', 'somewhere else, which the options have to name then'],
  ],
  'list-templates': [['list-templates --json', 'for a script']],
  migrate: [
    ['migrate -m "add isbn"', 'compare, write the file, print its path'],
    ['migrate --from-empty -m schema', 'the whole schema, for a database that has it already'],
    ['migrate --dry-run', 'print what it would write'],
    ['migrate --rename book.name:title', 'a column that was renamed, not dropped and added'],
  ],
  check: [['check', 'in CI: fails where somebody forgot to write a revision']],
  revision: [
    ['revision -m "backfill slugs"', 'an empty one on top of the head'],
    ['revision -m billing --head base --branch-label billing', 'the first of a branch of its own'],
    ['revision -m "hot fix" --head ae10 --splice', 'beside what follows ae10 already'],
  ],
  edit: [
    ['edit', 'the newest revision'],
    ['edit ae10', 'the one whose id starts so'],
  ],
  merge: [
    ['merge heads', 'all branches'],
    ['merge ae10 27c6 -m "join billing"', 'these two'],
  ],
  upgrade: [
    ['upgrade', 'all that waits'],
    ['upgrade +1', 'the next one'],
    ['upgrade billing@head', 'one branch, with what it depends on'],
    ['upgrade --sql > upgrade.sql', 'as a script to read and to run with psql, mysql or mariadb'],
    ['upgrade ae10:head --sql', 'only what comes after ae10'],
    ['upgrade --json', 'and print what was done for a script'],
  ],
  downgrade: [
    ['downgrade', 'the last one'],
    ['downgrade ae10', 'all that came after ae10, which stays'],
    ['downgrade base', 'all of them'],
    ['downgrade head:ae10 --sql', 'as a script, from where to where'],
  ],
  stamp: [
    ['stamp head', 'adopt a database that matches the entities already'],
    ['stamp ae10', 'say that it stands there'],
    ['stamp -1', 'say that it stands one revision lower, as after a downgrade by hand'],
    ['stamp ae10:head --sql', 'as a script, from where to where'],
    ['stamp base --purge', 'forget whatever it says'],
  ],
  'ensure-version': [
    ['ensure-version', 'once, as a role that may create tables'],
    ['ensure-version --sql', 'as SQL, for somebody else to run'],
  ],
  repair: [
    ['repair', 'which applied revisions have changed since; exit code 3 where one has'],
    ['repair --run', 'where their text does not tell: whether they do the same'],
    ['repair --accept', 'what they say now counts as what was applied'],
  ],
  status: [['status', 'what waits, what is unfinished, who has the lock, what was done last']],
  current: [
    ['current', 'the ids alone; -v for all there is to say'],
    ['current --check-heads', 'in a script: exit code 3 where revisions wait'],
  ],
  heads: [['heads', 'more than one: the next upgrade needs a merge, or heads']],
  branches: [['branches -v', 'with all there is to say of them']],
  history: [
    ['history --graph', 'drawn, for branches and merges'],
    ['history -i', 'and where the database is'],
    ['history -r current:', 'what waits to be applied'],
    ['history -r ae10:', 'ae10 and what came after it'],
  ],
  show: [
    ['show', 'the newest revision'],
    ['show current', 'where the database is'],
    ['show ae10 --json', 'for a script'],
  ],
};
