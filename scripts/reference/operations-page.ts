/** The verbs of `op`, family by family. */
import ts from 'typescript';
import { documentationOf, interfaceOf } from './declarations.ts';
import { families, verbsName } from './families.ts';
import {
  details,
  fence,
  markdownPage,
  memberList,
  namedTypes,
  nameOf,
  type Places,
  prose,
  signatureOf,
  toHeading,
  WRITTEN,
} from './markdown.ts';

export function operationsPage(places: Places): string {
  const all = interfaceOf('operations/verbs.ts', 'OperationVerbs');
  const sections = families.map(([family, title]): { title: string; verbs: readonly ts.MethodSignature[] } => {
    const name = verbsName(family);
    return { title, verbs: verbsOf(interfaceOf(`operations/kinds/${family}.operations.ts`, name)) };
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

function verbsOf(declaration: ts.InterfaceDeclaration): readonly ts.MethodSignature[] {
  return declaration.members.filter(ts.isMethodSignature);
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
