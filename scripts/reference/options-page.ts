/** The options of the module. */
import type ts from 'typescript';
import { documentationOf, interfaceOf } from './declarations.ts';
import {
  details,
  fence,
  inLine,
  markdownPage,
  namedTypes,
  nameOf,
  type Places,
  prose,
  signatureOf,
  WRITTEN,
} from './markdown.ts';

export function optionsPage(places: Places): string {
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
  return `${sentence.replace(/[.:]$/, '')}.`;
}
