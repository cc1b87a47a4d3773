/** The types that the package exports. */
import ts from 'typescript';
import { documentationOf, type Exported, isCallable } from './declarations.ts';
import { families, titleOf } from './families.ts';
import {
  fence,
  markdownPage,
  memberList,
  namedTypes,
  type Places,
  prose,
  signatureOf,
  typesLine,
  WRITTEN,
} from './markdown.ts';

/** What each folder of the sources is about, in the order of the page of types. */
const rooms: Readonly<Record<string, string>> = {
  nest: 'The module and the service',
  commands: 'Commands: options and results',
  autogenerate: 'What is compared',
  script: 'Writing revisions',
  runtime: 'Runs',
  engines: 'Databases',
  rehearsal: 'Scratch databases',
  plan: 'Plans',
  cli: 'The command line',
  errors: 'Errors',
  import: 'Imports',
  revision: 'Revisions',
};

/** What is about operations has a page of its own. */
function isOfOperations({ file }: Exported): boolean {
  return /^(?:operations|schema)\//.test(file);
}

/** The page of a type. */
export function typesPageOf(each: Exported): string {
  return isOfOperations(each) ? 'operation-types.md' : 'types.md';
}

function typesOf(main: readonly Exported[], page: string, places: Places): readonly Exported[] {
  return main.filter((each) => !isCallable(each) && places.get(each.name)?.startsWith(page));
}

/** The types of operations, family by family, then those that several share. */
export function operationTypesPage(main: readonly Exported[], places: Places): string {
  const types = typesOf(main, 'operation-types.md', places);
  const sections = [
    ...families.map(([family, title]) => ({
      title,
      members: types.filter(({ file }) => file === `operations/kinds/${family}.operations.ts`),
    })),
    { title: 'What they share', members: types.filter(({ file }) => !file.startsWith('operations/kinds/')) },
  ];
  return markdownPage([
    WRITTEN,
    '# API: types of operations',
    'Operations as data, as hooks see them and `db migrate --json` prints them, and the options of the [verbs](operations.md) that make them.',
    ...sections.flatMap(({ title, members }) => [`## ${title}`, ...members.flatMap((each) => typeParts(each, places))]),
  ]);
}

/** All other types, by what they are about. */
export function typesPage(main: readonly Exported[], places: Places): string {
  const types = typesOf(main, 'types.md', places);
  const roomOf = ({ file }: Exported): string => file.split('/')[0];
  const all = new Set([...Object.keys(rooms), ...types.map(roomOf)]);
  return markdownPage([
    WRITTEN,
    '# API: types',
    'The types that `nest-migrate` exports. `MigrationModuleOptions` is the page of [options](options.md), and `Operations`, the type of `op`, that of its [verbs](operations.md). [Operations as data](operation-types.md) are a page of their own.',
    ...[...all].flatMap((room) => {
      const members = types.filter((each) => roomOf(each) === room);
      return members.length === 0
        ? []
        : [`## ${titleOf(room, rooms)}`, ...members.flatMap((each) => typeParts(each, places))];
    }),
  ]);
}

export function typeParts({ name, nodes: [node] }: Exported, places: Places): string[] {
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
