import {
  type DescribedObject,
  type DescriptionScope,
  type ReadingSession,
  type SchemaDescription,
} from '../../fingerprint/schema-description.js';
import { inOrder } from '../ddl/column-source.js';
import { parseTable, type TableSource } from '../ddl/table-source.js';
import { folded, nameOf, sameName, tokens } from '../tokens.js';
import { SqliteSpelling } from './sqlite-spelling.js';

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string;
}

/** The schema of the main database, from the statements that made it. */
export async function describeSqlite(
  session: ReadingSession,
  { ignoredTables }: DescriptionScope,
): Promise<SchemaDescription> {
  const found = await session.query<SchemaRow>(
    `select type, name, tbl_name, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\'
      and name not in (select name from pragma_table_list where schema = 'main' and type = 'shadow')`,
  );
  const ignored = ignoredTables.filter(({ schema }) => schema === undefined || schema === 'main');
  const rows = found.filter((row) => !ignored.some(({ name }) => sameName(name, row.tbl_name)));
  const sources = rows.map((row) => ({ row, source: row.type === 'table' ? parseTable(row.sql) : undefined }));
  const names = rows.map(({ name }) => name);
  const columns = sources.flatMap(({ source }) => source?.columns.map(({ name }) => name) ?? []);
  const spelling = new SqliteSpelling(new Set([...names, ...columns].map(folded)));
  const objects = sources.flatMap(({ row, source }) =>
    source === undefined ? describeStatement(row, spelling) : describeTable(row.name, source, spelling),
  );
  return { server: 'sqlite 3', hidden: [], objects };
}

function describeTable(name: string, source: TableSource, spelling: SqliteSpelling): readonly DescribedObject[] {
  const table = `table ${spelling.name(name)}`;
  const options = source.options.split(',').map((option) => spelling.text(option));
  const named = ({ name: constraint, text }: { readonly name?: string; readonly text: string }): string =>
    constraint === undefined ? spelling.text(text) : `constraint ${spelling.name(constraint)} ${spelling.text(text)}`;
  return [
    { object: table, definition: options.sort().join(', ') },
    ...source.columns.map(({ name: column, type, clauses }) => ({
      object: `${table} column ${spelling.name(column)}`,
      definition: [spelling.text(type), ...inOrder(clauses).map(named)]
        // `null` says what is so anyway
        .filter((part) => part !== '' && part !== 'null')
        .join(' '),
    })),
    ...source.constraints.map(({ kind, name: constraint, text }) => ({
      object: `${table} ${constraint === undefined ? words[kind] : `constraint ${spelling.name(constraint)}`}`,
      definition: spelling.text(text),
    })),
  ];
}

const words = { primaryKey: 'primary key', unique: 'unique', check: 'check', foreignKey: 'foreign key' } as const;

/** An index, a trigger, a view or a virtual table, by its statement without its name. */
function describeStatement(
  { type, name, tbl_name, sql }: SchemaRow,
  spelling: SqliteSpelling,
): readonly DescribedObject[] {
  const all = tokens(sql);
  const at = all.findIndex((token) => token.kind !== 'symbol' && sameName(nameOf(token), name) && token.code !== type);
  const rest = sql.slice(all[at]?.end);
  const own = spelling.name(name);
  if (type === 'table') return [{ object: `virtual table ${own}`, definition: rest.replace(/\s+/g, ' ').trim() }];
  if (type === 'view') return [{ object: `view ${own}`, definition: spelling.text(rest) }];
  const unique = all[1]?.code === 'unique' ? 'unique ' : '';
  return [{ object: `table ${spelling.name(tbl_name)} ${type} ${own}`, definition: unique + spelling.text(rest) }];
}
