/** Every error by its code, with its cause and what to do. */
import { documentationOf, type Exported, isError } from './declarations.ts';
import { titleOf } from './families.ts';
import { fence, inLine, markdownPage, type Places, prose, toHeading, WRITTEN } from './markdown.ts';

/** An error as an application meets it. */
export interface ErrorSample {
  readonly code: string;
  readonly message: string;
  readonly cure?: string;
}

/** The samples of each class of errors, in each of its wordings. */
export type ErrorSamples = Readonly<Record<string, readonly ErrorSample[]>>;

const errorFamilies: Readonly<Record<string, string>> = {
  revision: 'Revisions and their names',
  script: 'The script directory and its files',
  'version-table': 'The version table',
  runtime: 'Runs',
  interrupted: 'Runs that were interrupted',
  stopped: 'Runs that were stopped',
  boot: 'The boot',
  database: 'The database',
  cluster: 'Clusters',
  configuration: 'The configuration',
  usage: 'The command line',
  command: 'Single commands',
  operation: 'Operations',
  autogenerate: 'What migrate compares',
  plan: 'Plans',
  offline: 'SQL scripts',
  rehearsal: 'Rehearsals',
  loss: 'Databases that must not be lost',
  fresh: 'Fresh databases',
  'schema-change': 'Large tables',
  import: 'Imports',
  testing: 'Tests',
};

/** The errors that share a code, which programs cannot tell apart. */
export interface ErrorEntry {
  readonly code: string;
  readonly family: string;
  readonly classes: readonly Exported[];
}

export function errorEntries(main: readonly Exported[], samples: ErrorSamples): readonly ErrorEntry[] {
  const errors = main.filter((each) => isError(each) && (samples[each.name] ?? []).length > 0);
  const codes = [...new Set(errors.map(({ name }) => samples[name][0].code))];
  const entries = codes.map((code) => {
    const classes = errors.filter(({ name }) => samples[name][0].code === code);
    return { code, classes, family: errorFamily(classes[0]) };
  });
  return entries.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

function errorFamily({ file }: Exported): string {
  return file.replace('errors/', '').replace('.errors.ts', '');
}

export function errorsPage(entries: readonly ErrorEntry[], samples: ErrorSamples, places: Places): string {
  const families = [...new Set([...Object.keys(errorFamilies), ...entries.map(({ family }) => family)])]
    .map((family) => ({
      title: titleOf(family, errorFamilies),
      members: entries.filter((entry) => entry.family === family),
    }))
    .filter(({ members }) => members.length > 0);
  return markdownPage([
    WRITTEN,
    '# Error codes',
    'Each error that the tool throws on purpose is a [`MigrationError`](api.md#migrationerror): `code` is stable and made for programs, ' +
      '`message` is one line that says what is wrong and then what to do, `cure` is the latter alone. ' +
      'On the terminal it is the line behind `Error:`; `--json` prints it with its code. In the messages below, … stands for a name.',
    families
      .map(({ title, members }) => `- ${title}: ${members.map(({ code }) => toHeading(code)).join(', ')}`)
      .join('\n'),
    ...families.flatMap(({ title, members }) => [
      `## ${title}`,
      ...members.flatMap(({ code, classes }) => [
        `### ${code}`,
        ...classes.flatMap((each) => errorParts(each, samples[each.name], places)),
      ]),
    ]),
  ]);
}

function errorParts({ name, nodes: [node] }: Exported, samples: readonly ErrorSample[], places: Places): string[] {
  const { text, remarks } = documentationOf(node);
  const cures = [...new Set(samples.flatMap(({ cure }) => (cure === undefined ? [] : [cure])))];
  if (cures.length === 0 && remarks === '')
    throw new Error(`${name} has neither a cure nor @remarks that say what to do`);
  const whatToDo = [...(remarks === '' ? [] : [prose(remarks, places)]), ...cures.map(asText)];
  return [
    `\`${name}\`. **Cause.** ${prose(text, places)}`,
    fence([...new Set(samples.map(problemOf))].join('\n'), 'text'),
    whatToDo.length === 1 ? `**What to do.** ${whatToDo[0]}` : `**What to do**, as the case may be:`,
    whatToDo.length === 1 ? '' : whatToDo.map((each) => `- ${inLine(each)}`).join('\n'),
  ];
}

function problemOf({ message, cure }: ErrorSample): string {
  const end = cure === undefined ? '' : inLine(cure);
  return (end !== '' && message.endsWith(end) ? message.slice(0, -end.length) : message).trim();
}

/** A text of the terminal as Markdown. */
function asText(text: string): string {
  return inLine(text).replaceAll(/[*_[\]<>\\]/g, (mark) => `\\${mark}`);
}
