import { diff } from 'node:util';
import { type Page } from '../cli/palette.js';
import { type TextEdit } from '../script/rewritten-body.js';
import { textDifference } from '../script/text-difference.js';
import { type FileChange, type Wiring } from './wire-application.js';

/** What a person reads: the changes line by line, what is left to do, and the commands that come next. */
export function addReport(wiring: Wiring, notes: readonly string[], paint: Page['paint']): readonly string[] {
  const { changes, byHand, isWired } = wiring;
  const lines: string[] = [];
  for (const change of changes) lines.push('', ...differenceOf(change, paint));
  if (changes.length === 0 && byHand.length === 0) {
    lines.push('', 'nest-migrate is part of this application already: nothing to change.');
  }
  if (byHand.length > 0) {
    lines.push('', paint('title', 'Not sure enough to edit. Write yourself:'));
    for (const { place, why, lines: code } of byHand)
      lines.push('', `  ${paint('label', place)}  ${why}`, ...code.map((line) => `    ${line}`));
  }
  lines.push(...notes.flatMap((note) => ['', note]));
  if (!isWired || changes.length === 0) return lines;
  lines.push('', ...nextSteps(wiring, paint));
  return lines;
}

type Step = readonly [command: string, comment: string];

/** The commands of a new database, and those of one that has tables. */
const FIRST: readonly Step[] = [
  ['migrate -m "first tables"', 'writes the first revision: read it'],
  ['upgrade', 'applies it'],
];
const EXISTING: readonly Step[] = [
  ['check', 'what differs between the entities and the database'],
  ['migrate --from-database -m "so far"', 'what the database has is the first revision'],
  ['stamp head', 'this database has it'],
];

function nextSteps({ db, init: command, migrations }: Wiring, paint: Page['paint']): readonly string[] {
  const init: Step = [command, 'creates the script directory'];
  const blocks: readonly (readonly [title: string, steps: readonly Step[]])[] =
    migrations === undefined
      ? [
          ['Next:', [init, ...FIRST]],
          ['Where the database has its tables already, after init:', EXISTING],
        ]
      : [
          [
            `Next, since ${migrations.folder} has ${counted(migrations.count)} of MikroORM's migrator, with their history:`,
            [
              init,
              [`import ${migrations.folder} --dry-run`, 'what becomes of each, and a proof'],
              [`import ${migrations.folder}`, 'writes them as revisions, and stamps this database'],
            ],
          ],
        ];
  const width = Math.max(...blocks.flatMap(([, steps]) => steps.map(([command]) => `${db} ${command}`.length)));
  return blocks.flatMap(([title, steps]) => [
    paint('title', title),
    ...steps.map(([command, comment]) => `  ${`${db} ${command}`.padEnd(width)}  ${paint('quiet', `# ${comment}`)}`),
  ]);
}

function counted(count: number): string {
  return count === 1 ? '1 migration' : `${count} migrations`;
}

function differenceOf({ path, before, after }: FileChange, paint: Page['paint']): readonly string[] {
  return [
    paint('title', path),
    ...textDifference(before, lineEdits(before, after)).map((line) => {
      if (line.startsWith('+')) return paint('added', line);
      if (line.startsWith('-')) return paint('removed', line);
      return line.startsWith('@@') ? paint('quiet', line) : line;
    }),
  ];
}

/** The lines that differ between two texts, as edits of the first one. */
export function lineEdits(before: string, after: string): readonly TextEdit[] {
  const lines = (text: string): string[] => text.split(/(?<=\n)/);
  const edits: TextEdit[] = [];
  let at = 0;
  let open: { start: number; end: number; text: string } | undefined;
  for (const [operation, line] of diff(lines(before), lines(after))) {
    if (operation === 0) {
      if (open !== undefined) edits.push(open);
      open = undefined;
    } else {
      open ??= { start: at, end: at, text: '' };
      // 1: a line of the first text alone
      if (operation === 1) open.end += line.length;
      else open.text += line;
    }
    if (operation !== -1) at += line.length;
  }
  if (open !== undefined) edits.push(open);
  return edits;
}
