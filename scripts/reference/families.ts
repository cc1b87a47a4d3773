/** The families of operations, each with a file in operations/kinds, in the order of the pages. */
export const families = [
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

/** The interface that declares the verbs of a family: `ColumnSyncVerbs`. */
export function verbsName(family: string): string {
  return `${family.replaceAll(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase())}Verbs`;
}
