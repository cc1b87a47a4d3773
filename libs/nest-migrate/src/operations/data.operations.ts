import {
  describe,
  nameOf,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
  valueOf,
  type OptionKinds,
  type Site,
} from './arguments.js';
import { frozen } from './frozen.js';
import { type BulkInsertOperation, type ExecuteOperation, type InSchema, type Postcondition } from './operation.js';
import { type EncodedValue, type Value } from './value.js';

type CataloguePostcondition = Extract<Postcondition, { readonly table: string }>;

const postconditionKinds = {
  ...schemaKinds,
  table: 'name',
  column: 'name',
  index: 'name',
  constraint: 'name',
  exists: 'boolean',
} satisfies OptionKinds<CataloguePostcondition>;

export function execute(
  sql: string,
  params?: readonly Value[],
  options?: { postcondition?: Postcondition; repeatable?: boolean },
): ExecuteOperation {
  const query = checkedQuery('execute', sql, params);
  const site = { verb: 'execute', subject: 'the statement' };
  const kinds = { postcondition: 'any', repeatable: 'boolean' } as const;
  const { postcondition, repeatable } = optionsOf(site, options, kinds);
  return frozen({
    kind: 'execute',
    ...query,
    postcondition: postcondition === undefined ? undefined : postconditionOf(site, postcondition),
    repeatable,
  });
}

/** SQL and its parameters as data, as `query` and `execute` take them. */
export function checkedQuery(
  verb: string,
  sql: string,
  params: readonly Value[] = [],
): { readonly sql: string; readonly params: readonly EncodedValue[] } {
  const site = { verb, subject: 'the statement' };
  if (typeof sql !== 'string' || sql.trim() === '') refuse(site, `needs SQL as text, and got ${describe(sql)}.`);
  if (!Array.isArray(params)) refuse(site, `needs its parameters as a list, and got ${describe(params)}.`);
  const wanted = params.length === 0 ? 0 : placeholders(sql);
  if (wanted !== params.length) {
    const cure = "A question mark that is no placeholder is written '\\?'.";
    refuse(site, `has placeholders for ${wanted} parameters, and got ${params.length}.`, cure);
  }
  return frozen({ sql, params: params.map((value, index) => valueOf(site, `parameter ${index + 1}`, value)) });
}

/** How many values MikroORM fills in: `?` and `??` one each wherever they stand, `\?` none. */
function placeholders(sql: string): number {
  return sql.match(/\\\?|\?\??/g)?.filter((mark) => !mark.startsWith('\\')).length ?? 0;
}

function postconditionOf(site: Site, postcondition: Postcondition): Postcondition {
  const about = { ...site, subject: `the postcondition of ${site.subject}` };
  if (typeof postcondition === 'object' && postcondition !== null && 'query' in postcondition) {
    const { query } = optionsOf(about, postcondition, { query: 'name' });
    return { query: nameOf(about, 'a query', query) };
  }
  const { table, exists, ...rest } = optionsOf(about, postcondition, postconditionKinds);
  if (exists === undefined) refuse(about, "does not say whether it 'exists'.");
  return { ...rest, table: nameOf(about, 'a table', table), exists };
}

export function bulkInsert(
  table: string,
  rows: readonly Readonly<Record<string, Value>>[],
  options?: InSchema,
): BulkInsertOperation {
  const site = tableSite('bulkInsert', table);
  const { schema } = optionsOf(site, options, schemaKinds);
  if (!Array.isArray(rows)) refuse(site, `needs its rows as a list, and got ${describe(rows)}.`);
  const list = rows as readonly Readonly<Record<string, Value>>[];
  const columns = list.length === 0 ? [] : columnsOf(site, list[0], 1);
  return frozen({
    kind: 'bulkInsert',
    schema,
    table,
    rows: list.map((row, index) => rowOf(site, row, index + 1, columns)),
  });
}

function columnsOf(site: Site, row: unknown, number: number): readonly string[] {
  if (typeof row !== 'object' || row === null || Object.keys(row).length === 0) {
    refuse(site, `got ${describe(row)} without columns as row ${number}.`);
  }
  return Object.keys(row).map((column) => nameOf(site, `the name of a column in row ${number}`, column));
}

function rowOf(
  site: Site,
  row: Readonly<Record<string, Value>>,
  number: number,
  columns: readonly string[],
): Readonly<Record<string, EncodedValue>> {
  const own = columnsOf(site, row, number);
  const missing = columns.find((column) => !own.includes(column));
  if (missing !== undefined) refuse(site, `has no '${missing}' in row ${number}.`, 'Give all rows the same columns.');
  const extra = own.find((column) => !columns.includes(column));
  if (extra !== undefined)
    refuse(site, `has '${extra}' in row ${number}, not in row 1.`, 'Give all rows the same columns.');
  const cells = columns.map((column): [string, EncodedValue] => {
    if (row[column] === undefined)
      refuse(site, `has no value for '${column}' in row ${number}.`, 'Write null for none.');
    return [column, valueOf(site, `'${column}' in row ${number}`, row[column])];
  });
  return Object.fromEntries(cells);
}
