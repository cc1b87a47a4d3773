/**
 * The pages of the reference that the sources make: verbs, options, errors and the rest of what the package exports.
 * `npm run docs:reference` writes them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { declared, documentationOf, type Exported, exportsOf, librarySource } from './declarations.ts';
import {
  details,
  fence,
  inLine,
  markdownPage,
  memberList,
  namedTypes,
  type Places,
  prose,
  signatureOf,
} from './markdown.ts';

const WRITTEN =
  '<!-- Written by npm run docs:reference from the TSDoc of the sources. Change that, then run it again. -->';

/** An error as an application meets it. */
export interface ErrorSample {
  readonly code: string;
  readonly message: string;
  readonly cure?: string;
}

/** The samples of each class of errors, in each of its wordings. */
export type ErrorSamples = Readonly<Record<string, readonly ErrorSample[]>>;

/** What each folder of the sources is about, in the order of the page of types. */
const rooms: Readonly<Record<string, string>> = {
  nest: 'The module and the service',
  commands: 'Commands: options and results',
  autogenerate: 'What is compared',
  operations: 'Operations',
  script: 'Writing revisions',
  runtime: 'Runs',
  engines: 'Databases',
  rehearsal: 'Scratch databases',
  plan: 'Plans',
  cli: 'The command line',
  errors: 'Errors',
  import: 'Imports',
  revision: 'Revisions',
  schema: 'Schemas',
};

const families = [
  ['table', 'Tables'],
  ['column', 'Columns'],
  ['column-sync', 'Columns that follow another'],
  ['index', 'Indexes'],
  ['constraint', 'Constraints'],
  ['data', 'Rows and SQL'],
  ['view', 'Views'],
  ['trigger', 'Triggers'],
  ['routine', 'Routines'],
  ['enum', 'Enums'],
  ['sequence', 'Sequences'],
  ['schema', 'Schemas'],
  ['partition', 'Partitions'],
  ['policy', 'Row-level security'],
  ['dependent', 'What hangs on a column'],
  ['attribute', 'Grants, comments and owners'],
] as const;

/** Every generated page by its path below `docs/`. */
export function referencePages(samples: ErrorSamples): ReadonlyMap<string, string> {
  const main = exportsOf('index.ts');
  const testing = exportsOf(join('testing', 'index.ts'));
  const errors = errorEntries(main, samples);
  const places = placesOf(main, testing, errors);
  return new Map([
    ['reference/operations.md', operationsPage(places)],
    ['reference/options.md', optionsPage(places)],
    ['reference/errors.md', errorsPage(errors, samples, places)],
    ['reference/api.md', apiPage(main, places)],
    ['reference/types.md', typesPage(main, places)],
    ['reference/testing.md', testingPage(testing, places)],
  ]);
}

function placesOf(main: readonly Exported[], testing: readonly Exported[], errors: readonly ErrorEntry[]): Places {
  const places = new Map<string, string>();
  for (const each of testing) places.set(each.name, `testing.md#${each.name.toLowerCase()}`);
  for (const each of main) {
    if (!isError(each)) places.set(each.name, `${isCallable(each) ? 'api' : 'types'}.md#${each.name.toLowerCase()}`);
  }
  for (const { code, classes } of errors) {
    for (const { name } of classes) places.set(name, `errors.md#${code.toLowerCase()}`);
  }
  for (const [family] of families) places.set(verbsName(family), `operations.md`);
  places.set('OperationVerbs', 'operations.md');
  places.set('MigrationModuleOptions', 'options.md');
  return places;
}

/** `ColumnSyncVerbs` of `column-sync`. */
function verbsName(family: string): string {
  return `${family.replaceAll(/(?:^|-)./g, (start) => start.replace('-', '').toUpperCase())}Verbs`;
}

function isError({ name, file }: Exported): boolean {
  return file.startsWith('errors/') && name.endsWith('Error') && name !== 'MigrationError';
}

function isCallable({ nodes: [node] }: Exported): boolean {
  return ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node);
}

function interfaceOf(file: string, name: string): ts.InterfaceDeclaration {
  const node = declared(join(librarySource, file), name)?.nodes[0];
  if (node === undefined || !ts.isInterfaceDeclaration(node)) throw new Error(`${file} has no interface ${name}`);
  return node;
}

function operationsPage(places: Places): string {
  const kinds = readdirSync(join(librarySource, 'operations', 'kinds')).map((file) =>
    file.replace('.operations.ts', ''),
  );
  const without = kinds.filter((kind) => !families.some(([family]) => family === kind));
  if (without.length > 0) throw new Error(`pages.ts has no title for the operations of ${without.join(', ')}`);
  const all = interfaceOf('operations/verbs.ts', 'OperationVerbs');
  const sections = families.map(([family, title]): { title: string; verbs: readonly ts.MethodSignature[] } => {
    return { title, verbs: verbsOf(interfaceOf(`operations/kinds/${family}.operations.ts`, verbsName(family))) };
  });
  sections.push({ title: 'Queries, transactions and blocks', verbs: verbsOf(all) });
  const properties = all.members.filter(ts.isPropertySignature);
  return markdownPage([
    WRITTEN,
    '# Verbs of op',
    prose(documentationOf(all).text, places),
    "The guide to [operations](../guide/operations.md) tells of names, texts, operations of your own, and of Alembic's verbs.",
    sections
      .map(({ title, verbs }) => `- ${title}: ${verbs.map((verb) => toHeading(nameOf(verb))).join(', ')}`)
      .join('\n'),
    ...sections.flatMap(({ title, verbs }) => [`## ${title}`, ...verbs.flatMap((verb) => verbParts(verb, places))]),
    ...(properties.length === 0 ? [] : ['## What op knows', memberList(properties, places)]),
  ]);
}

/** A link to a heading of the same page that is code. */
function toHeading(name: string): string {
  return `[\`${name}\`](#${name.toLowerCase()})`;
}

function verbsOf(declaration: ts.InterfaceDeclaration): readonly ts.MethodSignature[] {
  return declaration.members.filter(ts.isMethodSignature);
}

function nameOf(member: ts.NamedDeclaration): string {
  return member.name?.getText() ?? '';
}

function verbParts(verb: ts.MethodSignature, places: Places): string[] {
  const signature = signatureOf(verb).replace(/;$/, '');
  const options = verb.parameters.map((each) => each.type?.getText() ?? '').join(' ');
  const types = namedTypes(options, places);
  return [
    `### ${nameOf(verb)}`,
    fence(`op.${signature}`),
    ...details(documentationOf(verb), places),
    ...(types === '' ? [] : [`Takes ${types}.`]),
  ];
}

function optionsPage(places: Places): string {
  const declaration = interfaceOf('commands/options.ts', 'MigrationModuleOptions');
  const extras = interfaceOf('nest/options-source.ts', 'MigrationModuleExtras');
  const section = (member: ts.TypeElement): string[] => {
    const signature = signatureOf(member).replace(/;$/, '');
    const types = namedTypes(signature, places);
    return [
      `## ${nameOf(member)}`,
      fence(signature),
      ...details(documentationOf(member), places),
      ...(types === '' ? [] : [`Types: ${types}.`]),
    ];
  };
  const members = [...extras.members, ...declaration.members];
  const row = (member: ts.TypeElement): string =>
    `| [\`${nameOf(member)}\`](#${nameOf(member).toLowerCase()}) | ${firstSentence(prose(documentationOf(member).text, places)).replaceAll('|', '\\|')} |`;
  return markdownPage([
    WRITTEN,
    '# Options of the module',
    ...details(documentationOf(declaration), places),
    ['| option | |', '| --- | --- |', ...members.map(row)].join('\n'),
    ...members.flatMap(section),
  ]);
}

function firstSentence(text: string): string {
  const line = inLine(text.split(/\n\n|\n- |:\n/)[0]);
  const [sentence] = /^.*?[^.][.:](?= [A-Z`]|$)/.exec(line) ?? [line];
  return sentence.replace(/:$/, '.');
}

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
  'schema-change': 'Large tables',
  import: 'Imports',
  testing: 'Tests',
};

/** The errors that share a code, which programs cannot tell apart. */
interface ErrorEntry {
  readonly code: string;
  readonly family: string;
  readonly classes: readonly Exported[];
}

function errorEntries(main: readonly Exported[], samples: ErrorSamples): readonly ErrorEntry[] {
  const errors = main.filter((each) => isError(each) && (samples[each.name] ?? []).length > 0);
  const codes = [...new Set(errors.map(({ name }) => samples[name][0].code))];
  const entries = codes.map((code) => {
    const classes = errors.filter(({ name }) => samples[name][0].code === code);
    return { code, classes, family: errorFamily(classes[0]) };
  });
  return entries.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

function errorFamily({ file }: Exported): string {
  const family = file.replace('errors/', '').replace('.errors.ts', '');
  if (!(family in errorFamilies)) throw new Error(`pages.ts has no title for the errors of ${family}`);
  return family;
}

function errorsPage(entries: readonly ErrorEntry[], samples: ErrorSamples, places: Places): string {
  const families = Object.entries(errorFamilies)
    .map(([family, title]) => ({ title, members: entries.filter((entry) => entry.family === family) }))
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

function apiPage(main: readonly Exported[], places: Places): string {
  const callable = main.filter((each) => isCallable(each) && !isError(each));
  return markdownPage([
    WRITTEN,
    '# API: classes and functions',
    'What an application imports from `nest-migrate` to call it. Its types have [a page of their own](types.md), and so have [errors](errors.md).',
    ...callable.flatMap((each) => [`## ${each.name}`, ...callableParts(each, places)]),
  ]);
}

function callableParts({ nodes }: Exported, places: Places): string[] {
  const [node] = nodes;
  const documentation = nodes.map(documentationOf).find(({ text }) => text !== '') ?? documentationOf(node);
  if (ts.isFunctionDeclaration(node)) {
    const overloads = nodes.filter((_, index) => nodes.length === 1 || index < nodes.length - 1);
    const code = overloads.map((each) => signatureOf(each)).join('\n');
    return [
      fence(code),
      ...details(documentation, places),
      typesLine(code.replaceAll(node.name?.text ?? '', ''), places),
    ];
  }
  if (!ts.isClassDeclaration(node)) return details(documentation, places);
  return [
    ...details(documentation, places),
    ...classMembers(node).flatMap((member) => memberParts(member, node, places)),
  ];
}

function typesLine(code: string, places: Places): string {
  const types = namedTypes(code, places);
  return types === '' ? '' : `Types: ${types}.`;
}

function classMembers(node: ts.ClassDeclaration): readonly ts.ClassElement[] {
  return node.members.filter((member) => {
    const hidden =
      ts.canHaveModifiers(member) &&
      ts
        .getModifiers(member)
        ?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword);
    const isNamed = ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member) || ts.isGetAccessor(member);
    return (
      isNamed &&
      hidden !== true &&
      !member.name.getText().startsWith('#') &&
      !documentationOf(member).isInternal &&
      documentationOf(member).text !== ''
    );
  });
}

function memberParts(member: ts.ClassElement, { name }: ts.ClassDeclaration, places: Places): string[] {
  const code = signatureOf(member)
    .replace(/^(?:public |override |async |readonly )*/, '')
    .replace(/ = [^]*$/, '')
    .replace(/;$/, '');
  return [
    `### ${nameOf(member)}`,
    fence(code),
    ...details(documentationOf(member), places),
    typesLine(code.replaceAll(name?.text ?? '', ''), places),
  ];
}

function typesPage(main: readonly Exported[], places: Places): string {
  const types = main.filter(
    (each) => !isCallable(each) && !isError(each) && places.get(each.name)?.startsWith('types.md'),
  );
  const roomOf = ({ file }: Exported): string => file.split('/')[0];
  const without = types.map(roomOf).filter((room) => !(room in rooms));
  if (without.length > 0) throw new Error(`pages.ts has no title for the types of ${[...new Set(without)].join(', ')}`);
  return markdownPage([
    WRITTEN,
    '# API: types',
    'The types that `nest-migrate` exports. `MigrationModuleOptions` is the page of [options](options.md), and `Operations`, the type of `op`, that of its [verbs](operations.md).',
    ...Object.entries(rooms).flatMap(([room, title]) => {
      const members = types.filter((each) => roomOf(each) === room);
      return members.length === 0 ? [] : [`## ${title}`, ...members.flatMap((each) => typeParts(each, places))];
    }),
  ]);
}

function typeParts({ name, nodes: [node] }: Exported, places: Places): string[] {
  const documentation = documentationOf(node);
  const head = [`### ${name}`, ...(documentation.text === '' ? [] : [prose(documentation.text, places)])];
  const examples = documentation.examples.map((each) => fence(each));
  if (!ts.isInterfaceDeclaration(node)) {
    const code = signatureOf(node).replaceAll(/ *\/\*\*[^]*?\*\/\n?/g, '');
    return [...head, fence(code), typesLine(code.replace(name, ''), places), ...examples];
  }
  const heritage = node.heritageClauses?.map((clause) => clause.getText()).join(' ') ?? '';
  const above = namedTypes(heritage, places);
  return [...head, ...(above === '' ? [] : [`With what ${above} has.`]), memberList(node.members, places), ...examples];
}

function testingPage(testing: readonly Exported[], places: Places): string {
  const [callable, types] = [testing.filter(isCallable), testing.filter((each) => !isCallable(each))];
  return markdownPage([
    WRITTEN,
    '# API: nest-migrate/testing',
    'What test suites import from `nest-migrate/testing`. The guide to [testing](../guide/testing.md) shows how it comes together.',
    ...callable.flatMap((each) => [`## ${each.name}`, ...callableParts(each, places)]),
    '## Types',
    ...types.flatMap((each) => typeParts(each, places)),
  ]);
}
