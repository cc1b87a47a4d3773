/** Parts of the generated pages of the reference. */
import type ts from 'typescript';
import { type Documentation, documentationOf } from './declarations.ts';

/** Where the page of each exported name is, relative to the folder of the reference: `types.md#columnoptions`. */
export type Places = ReadonlyMap<string, string>;

/** A text of the TSDoc as Markdown: what it links to is a link where it has a place, and so is each error. */
export function prose(text: string, places: Places): string {
  const linked = text.replaceAll(/\{@link\s+([\w.]+)(?:\s*\|?\s*([^}]+))?\}/g, (_, name: string, words?: string) => {
    const place = places.get(name) ?? places.get(name.split('.')[0]);
    const shown = words?.trim() ?? `\`${name}\``;
    return place === undefined ? shown : `[${shown}](${place})`;
  });
  return linked.replaceAll(/(?<![\w[`])(`?)([A-Z]\w*Error)\1(?![\w\]`])/g, (whole, _, name: string) => {
    const place = places.get(name);
    return place === undefined ? whole : `[\`${name}\`](${place})`;
  });
}

/** A text on one line, for lists and tables. */
export function inLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

export function fence(code: string, language = 'ts'): string {
  return `\`\`\`${language}\n${code.trim()}\n\`\`\``;
}

/** What a declaration looks like without its body, on as many lines as the sources give it. */
export function signatureOf(node: ts.Node): string {
  const source = node.getSourceFile().text;
  const body = (node as ts.FunctionLikeDeclaration).body;
  const text = source.slice(node.getStart(), body === undefined ? node.end : body.getFullStart());
  return dedented(
    text
      .replace(/^export (?:default )?(?:abstract )?/, '')
      .replace(/^async /, '')
      .trim(),
  );
}

function dedented(text: string): string {
  const lines = text.split('\n');
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^ */.exec(line)![0].length);
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line, index) => (index === 0 ? line : line.slice(least))).join('\n');
}

/** The exported names that a text of TypeScript names, as links; empty where there is none. */
export function namedTypes(code: string, places: Places, without: readonly string[] = []): string {
  const names = [...new Set(code.match(/\b[A-Z]\w+\b/g) ?? [])].filter(
    (name) => places.has(name) && !without.includes(name),
  );
  return names.map((name) => `[\`${name}\`](${places.get(name)})`).join(', ');
}

/** What follows a signature: the text, parameters, what it returns and throws, examples. */
export function details(documentation: Documentation, places: Places): string[] {
  const { text, parameters, returns, throws, examples } = documentation;
  return [
    ...(text === '' ? [] : [prose(text, places)]),
    ...(parameters.length === 0
      ? []
      : [parameters.map((each) => `- \`${each.name}\`: ${inLine(prose(each.text, places))}`).join('\n')]),
    ...(returns === '' ? [] : [`Returns ${lowerFirst(prose(returns, places))}`]),
    ...throws.map((each) => `Throws ${prose(each, places)}`),
    ...examples.map((each) => fence(each)),
  ];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text[0].toLowerCase()}${text.slice(1)}` : text;
}

/** Each property of an interface as an entry of a list: its name, its type, its text. */
export function memberList(members: readonly ts.Node[], places: Places): string {
  return members
    .map((member) => {
      const documentation = documentationOf(member);
      if (documentation.isInternal) return '';
      const signature = inLine(signatureOf(member).replaceAll(/\/\*\*[^]*?\*\//g, ''))
        .replace(/;$/, '')
        .replace(/^readonly /, '');
      const links = namedTypes(signature, places);
      const text = inLine(prose(documentation.text.replaceAll(/\n\n?- /g, ' '), places));
      return `- \`${signature}\`${text === '' ? '' : `: ${text}`}${links === '' ? '' : ` (${links})`}`;
    })
    .filter((line) => line !== '')
    .join('\n');
}

/** What a generated page begins with. */
export const WRITTEN =
  '<!-- Written by npm run docs:reference from the TSDoc of the sources. Change that, then run it again. -->';

/** A page of parts with an empty line between them. */
export function markdownPage(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A link to a heading of the same page that is code. */
export function toHeading(name: string): string {
  return `[\`${name}\`](#${name.toLowerCase()})`;
}

/** The name of a member. */
export function nameOf(member: ts.NamedDeclaration): string {
  return member.name?.getText() ?? '';
}

/** A sentence that names the exported types of a text of TypeScript. */
export function typesLine(code: string, places: Places): string {
  const types = namedTypes(code, places);
  return types === '' ? '' : `Types: ${types}.`;
}
