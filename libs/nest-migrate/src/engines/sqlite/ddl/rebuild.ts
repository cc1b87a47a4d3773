import { type TableRef } from '../../ddl/schema-helper-ddl.js';
import { quoteQualified } from '../../sql/quoting.js';
import { change, restatement, type StatementDraft } from '../../ddl/statement-table.js';
import { renamedIndex } from './index-text.js';
import { objectExists, text, type WholeTable } from './live-table.js';
import { type ColumnSource, renderTable, type TableSource } from './table-source.js';
import { sameName, tokens } from '../tokens.js';

/** A table as it will be, and the source of its columns' values. */
export interface RebuiltTable extends WholeTable {
  /**
   * For each new column, the SQL of its values in terms of the old columns. A column without such SQL gets its default.
   */
  readonly values: ReadonlyMap<string, string>;
}

const quote = (name: string): string => quoteQualified([name], '`');

/**
 * SQLite's own procedure for what its `alter table` cannot do (https://www.sqlite.org/lang_altertable.html, "Making
 * Other Kinds Of Table Schema Changes"): a new table, its rows copied, the old one dropped, the new one renamed,
 * indexes and triggers created again.
 *
 * Foreign keys have to be off, else dropping the old table deletes the rows that refer to it. `legacy_alter_table`
 * keeps the rename from compiling the views and triggers that name the table, which does not exist at that moment. So
 * they stay, and are checked afterwards.
 */
export function rebuildStatements(at: TableRef, from: WholeTable, to: RebuiltTable): readonly StatementDraft[] {
  const old = quoteQualified([at.schema, at.table], '`');
  const name = `${at.table}__rebuilt`;
  const fresh = quoteQualified([at.schema, name], '`');
  const there = (table: string, exists: boolean) => ({
    ...(at.schema !== undefined && { schema: at.schema }),
    table,
    exists,
  });
  return [
    change(renderTable(to.source, fresh, quote), there(name, true)),
    ...copyStatement(old, fresh, from.source, to),
    ...counterStatements(at, name, from.source, to.source),
    change(`drop table ${old}`, there(at.table, false)),
    restatement('pragma legacy_alter_table = on'),
    change(`alter table ${fresh} rename to ${quote(at.table)}`, there(at.table, true)),
    restatement('pragma legacy_alter_table = off'),
    ...to.indexes.map(({ name: index, sql }) =>
      change(indexIn(at.schema, index, sql), { ...there(at.table, true), index }),
    ),
    ...to.triggers.map(({ name: trigger, sql }) =>
      change(triggerIn(at.schema, sql), objectExists('trigger', at.schema, trigger, true)),
    ),
  ];
}

/** The statement of an index with its schema: the catalogue holds it without one. */
function indexIn(schema: string | undefined, name: string, sql: string): string {
  return schema === undefined ? sql : renamedIndex(sql, quoteQualified([schema, name], '`'));
}

/** The same for the statement of a trigger. */
function triggerIn(schema: string | undefined, sql: string): string {
  const name = tokens(sql)[2];
  if (schema === undefined || name === undefined) return sql;
  return `${sql.slice(0, name.start)}${quote(schema)}.${sql.slice(name.start)}`;
}

function copyStatement(old: string, fresh: string, from: TableSource, to: RebuiltTable): readonly StatementDraft[] {
  const targets = to.source.columns.filter((column) => !isGenerated(column) && to.values.has(column.name));
  const names = targets.map(({ name }) => quote(name));
  const values = targets.map(({ name }) => to.values.get(name) ?? 'null');
  const rowid = rowidName(from, to.source);
  if (rowid !== undefined) {
    names.unshift(rowid);
    values.unshift(rowid);
  }
  // where every column is new, there are no values to copy
  if (names.length === 0) return [];
  return [
    { sql: `insert into ${fresh} (${names.join(', ')}) select ${values.join(', ')} from ${old}`, effect: 'data' },
  ];
}

/** The hidden row id, where no column holds it. Full text tables and applications refer to it. */
function rowidName(from: TableSource, to: TableSource): string | undefined {
  if ([from, to].some((table) => isWithoutRowid(table) || hasRowidColumn(table))) return undefined;
  return ['rowid', '_rowid_', 'oid'].find(
    (candidate) => ![from, to].some(({ columns }) => columns.some(({ name }) => sameName(name, candidate))),
  );
}

function isWithoutRowid({ options }: TableSource): boolean {
  return /\bwithout\s+rowid\b/i.test(options);
}

/** Whether a column is the row id: it has exactly this type and is the whole key. */
function hasRowidColumn({ columns, constraints }: TableSource): boolean {
  const isInteger = (column: ColumnSource | undefined): boolean => /^integer$/i.test(column?.type ?? '');
  const own = columns.find(({ clauses }) => clauses.some(({ kind }) => kind === 'primaryKey'));
  if (own !== undefined) return isInteger(own);
  const key = constraints.find(({ kind }) => kind === 'primaryKey');
  if (key?.columns.length !== 1) return false;
  return isInteger(columns.find(({ name }) => sameName(name, key.columns[0] ?? '')));
}

/** The counter of an autoincrement column has to be copied: it exceeds the greatest value once rows were deleted. */
function counterStatements(at: TableRef, name: string, from: TableSource, to: TableSource): readonly StatementDraft[] {
  if (!isCounting(from) || !isCounting(to)) return [];
  const sequence = quoteQualified([at.schema, 'sqlite_sequence'], '`');
  return [
    { sql: `delete from ${sequence} where name = ${text(name)}`, effect: 'data' },
    {
      sql: `insert into ${sequence} (name, seq) select ${text(name)}, seq from ${sequence} where name = ${text(at.table)}`,
      effect: 'data',
    },
  ];
}

function isCounting({ columns }: TableSource): boolean {
  return columns.some(({ clauses }) => clauses.some(({ text: clause }) => /\bautoincrement$/i.test(clause)));
}

export function isGenerated({ clauses }: ColumnSource): boolean {
  return clauses.some(({ kind }) => kind === 'generated');
}
