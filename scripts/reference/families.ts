import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { librarySource } from './declarations.ts';

/** The families of operations, each with a file in operations/kinds, in the order of the pages. */
const known = [
  ['table', 'Tables'],
  ['column', 'Columns'],
  ['column-sync', 'Copies of a column'],
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

const kinds = readdirSync(join(librarySource, 'operations', 'kinds')).map((file) => file.replace('.operations.ts', ''));

export const families: readonly (readonly [family: string, title: string])[] = [
  ...known,
  ...kinds.filter((kind) => !known.some(([family]) => family === kind)).map((kind) => [kind, titleOf(kind)] as const),
];

/** The interface that declares the verbs of a family: `ColumnSyncVerbs`. */
export function verbsName(family: string): string {
  return `${family.replaceAll(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase())}Verbs`;
}

/** The title of what has none in a table of titles: `column-sync` is "Column sync". */
export function titleOf(name: string, titles: Readonly<Record<string, string>> = {}): string {
  return titles[name] ?? `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
}
