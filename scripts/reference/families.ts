/** The families of operations, each with a file in operations/kinds, in the order of the pages. */
export const families = [
  ['table', 'Tables'],
  ['column', 'Columns'],
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
