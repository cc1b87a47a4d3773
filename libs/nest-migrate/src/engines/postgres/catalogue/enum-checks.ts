import { quoteIdentifier } from '../../sql/quoting.js';
import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { keptName } from '../../sql/kept-name.js';
import { type CheckDefinition } from '../../../operations/operation.js';
import { type LiteralReader } from '../../../schema/default-value.js';
import { type ColumnModel, type Named, type TableModel } from '../../../schema/schema-model.js';

/**
 * Reads enums from checks: a text column with a check of the usual name that lists values is an enum. The operation
 * then has the values, and the check is implied.
 */
export function withEnums(table: TableModel, platform: AbstractSqlPlatform, readLiteral: LiteralReader): TableModel {
  const folded = new Set<string>();
  const columns = table.columns.map((column): ColumnModel => {
    const { type, columnType, ...rest } = column.definition;
    if ((type !== 'text' && type !== 'array') || columnType !== undefined) return column;
    const name = checkName(table, rest.name, platform);
    const items = readItems(
      table.checks.find((check) => check.name === name),
      rest.name,
      readLiteral,
    );
    if (items === undefined || type !== (items.array ? 'array' : 'text')) return column;
    folded.add(name);
    const { name: columnName, ...options } = rest;
    const enumType = items.array ? ('enumArray' as const) : ('enum' as const);
    return {
      ...column,
      definition: { name: columnName, type: enumType, items: items.list, checkName: name, ...options },
    };
  });
  return { ...table, columns, checks: table.checks.filter(({ name }) => !folded.has(name)) };
}

/** The same table with text columns and checks in place of its enums, under their present names. */
export function withoutEnums(table: TableModel, platform: AbstractSqlPlatform): TableModel {
  const checks: Named<CheckDefinition>[] = [];
  const columns = table.columns.map((column): ColumnModel => {
    const { items, checkName: name, ...definition } = column.definition;
    if (items === undefined || definition.nativeEnumName !== undefined) return column;
    const isArray = definition.type === 'enumArray';
    const expression = isArray
      ? platform.getEnumArrayCheckConstraintExpression(definition.name, [...items])
      : platform.getEnumCheckConstraintExpression(definition.name, [...items]);
    checks.push({ name: name ?? checkName(table, definition.name, platform), expression: expression ?? 'true' });
    return { ...column, definition: { ...definition, type: isArray ? 'array' : 'text' } };
  });
  return { ...table, columns, checks: [...table.checks, ...checks] };
}

function checkName({ name }: TableModel, column: string, platform: AbstractSqlPlatform): string {
  return keptName(platform, platform.getIndexName(name, [column], 'check'));
}

/** The values in MikroORM's check, or in the form that PostgreSQL prints of it. */
function readItems(
  check: CheckDefinition | undefined,
  column: string,
  readLiteral: LiteralReader,
): { readonly list: readonly string[]; readonly array: boolean } | undefined {
  const quoted = quoteIdentifier(column, '"');
  const expression = check?.expression ?? '';
  const start = [column, quoted].find((name) => expression.startsWith(`${name} `));
  if (start === undefined) return undefined;
  const condition = expression.slice(start.length + 1);
  const shape = /^(?:in \((.*)\)|= ANY \(ARRAY\[(.*)\]\)|= ('(?:[^']|'')*'::text)|(<@) array\[(.*)\])$/is.exec(
    condition,
  );
  const literals = shape?.[1] ?? shape?.[2] ?? shape?.[3] ?? shape?.[5];
  const item = /^(?:,\s*)?\s*(E?'(?:[^']|'')*')(?:::text)?/;
  const list: string[] = [];
  for (let rest = literals ?? ''; rest !== '';) {
    const match = item.exec(rest);
    const value = match?.[1] === undefined ? undefined : readLiteral(match[1]);
    if (match === null || value === undefined) return undefined;
    list.push(value);
    rest = rest.slice(match[0].length);
  }
  return list.length === 0 ? undefined : { list, array: shape?.[4] !== undefined };
}
