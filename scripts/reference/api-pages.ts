/** The classes and functions that the package exports, and the whole of its second door. */
import ts from 'typescript';
import { documentationOf, type Exported, isCallable, isError } from './declarations.ts';
import { details, fence, markdownPage, nameOf, type Places, signatureOf, typesLine, WRITTEN } from './markdown.ts';
import { typeParts } from './types-pages.ts';

export function apiPage(main: readonly Exported[], places: Places): string {
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
    ...classMembers(node).flatMap((member, index, all) => {
      const isOverload = index > 0 && nameOf(all[index - 1]) === nameOf(member);
      return [...(isOverload ? [] : [`### ${nameOf(member)}`]), ...memberParts(member, node, places)];
    }),
  ];
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
    fence(code),
    ...details(documentationOf(member), places),
    typesLine(code.replaceAll(name?.text ?? '', ''), places),
  ];
}

export function testingPage(testing: readonly Exported[], places: Places): string {
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
