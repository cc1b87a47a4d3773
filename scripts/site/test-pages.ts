/** The tests that the scorecard leads to, as pages whose lines have anchors. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { promises } from '../scorecard/promises.ts';

const root = resolve(import.meta.dirname, '..', '..');

export interface Titled {
  readonly title: string;
  readonly line: number;
}

/** The titles of the tests in a file, as they are written, with the line of each. */
export function titlesIn(text: string): readonly Titled[] {
  const source = ts.createSourceFile('spec.ts', text, ts.ScriptTarget.ES2023, true);
  const found: Titled[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const title = textOf(node.arguments[0]);
      if (title !== undefined) {
        found.push({ title, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A title; what a template puts in is `%s`. */
function textOf(title: ts.Expression | undefined): string | undefined {
  if (title === undefined) return undefined;
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return undefined;
  return [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join('%s');
}

/** `it`, `it.each(…)`, and what a file calls its own: a name that begins with `it`. */
function isTest(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return /^(?:it|test)(?:$|[A-Z])/.test(called.text);
  if (ts.isPropertyAccessExpression(called) || ts.isCallExpression(called)) return isTest(called.expression);
  return false;
}

/** The line of each test that a promise names, by `file: title`. */
export function testTitles(): ReadonlyMap<string, number> {
  const files = new Set(promises.flatMap(({ kept }) => kept.map(({ file }) => file)));
  return new Map(
    [...files].flatMap((file) =>
      titlesIn(readFileSync(join(root, file), 'utf8')).map(({ title, line }) => [`${file}: ${title}`, line] as const),
    ),
  );
}

/** Writes a page for each file of tests that a promise names. */
export async function writeTests(folder: string): Promise<void> {
  const files = new Set(promises.flatMap(({ kept }) => kept.map(({ file }) => file)));
  for (const file of globSync('test/**/*.spec.ts', { cwd: root }).filter((each) => files.has(each))) {
    const target = join(folder, `${file}.html`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, testPage(file, readFileSync(join(root, file), 'utf8')));
  }
}

function testPage(file: string, text: string): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line, index) => `<li id="L${index + 1}"><code>${escaped(line) || ' '}</code></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(file)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<style>
:root { color-scheme: light dark; font: 14px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
body { margin: 0 auto; max-width: 130ch; padding: 1.5rem 1rem 40vh; }
h1 { font-size: 1rem; overflow-wrap: anywhere; }
ol { padding-left: 4.5ch; }
li::marker { color: GrayText; }
li { scroll-margin-top: 30vh; }
li:target { background: Mark; color: MarkText; }
code { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
</head>
<body>
<p><a href="/scorecard.html">The scorecard</a></p>
<h1>${escaped(file)}</h1>
<ol>
${lines.join('\n')}
</ol>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
