import { type AlterEnumOperation, type EnumValueRename, type Postcondition } from '../../../operations/operation.js';
import { onlyAddsValues, renamedItems } from '../../../operations/enum-renames.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { dollarQuoted } from './dollar-quoted.js';
import { change, restatement, type StatementDraft, type StatementTable } from '../../ddl/statement-table.js';

/** Native enum types, which only PostgreSQL has. */
export function enumStatements(ddl: SchemaHelperDdl): Pick<StatementTable, 'createEnum' | 'dropEnum' | 'alterEnum'> {
  return {
    createEnum: ({ schema, name, items }) => [
      change(ddl.createEnum(name, items, ddl.schemaOf(schema)), typeExists(ddl, schema, name, true)),
    ],
    dropEnum: ({ schema, name }) => [
      change(`drop type ${ddl.quote(ddl.schemaOf(schema), name)}`, typeExists(ddl, schema, name, false)),
    ],
    alterEnum: (operation) => {
      const { renames = [], existing } = operation;
      const renamed = { ...operation, existing: renamedItems(existing, renames) };
      return [
        ...renames.map((rename) => renameValue(ddl, operation, rename)),
        ...(operation.rebuild !== true && onlyAddsValues(renamed.existing, renamed.items)
          ? addValues(ddl, renamed)
          : rebuild(ddl, renamed)),
      ];
    },
  };
}

function renameValue(
  ddl: SchemaHelperDdl,
  { schema, name }: AlterEnumOperation,
  { from, to }: EnumValueRename,
): StatementDraft {
  const type = ddl.quote(ddl.schemaOf(schema), name);
  const [before, after] = [literal(ddl.platform, from), literal(ddl.platform, to)];
  const labels = `select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = to_regtype(${literal(ddl.platform, type)})`;
  return change(`alter type ${type} rename value ${before} to ${after}`, {
    query: `select ${after} in (${labels}) and ${before} not in (${labels}) as present`,
  });
}

/** Adds values. PostgreSQL does not allow a new value to be used before the transaction that added it has ended. */
function addValues(
  ddl: SchemaHelperDdl,
  { schema, name, items, existing }: AlterEnumOperation,
): readonly StatementDraft[] {
  const type = ddl.quote(ddl.schemaOf(schema), name);
  return items.flatMap((item, index) => {
    if (existing.includes(item)) return [];
    const after = items[index - 1];
    const before = existing[0];
    const place =
      after !== undefined
        ? ` after ${literal(ddl.platform, after)}`
        : before !== undefined
          ? ` before ${literal(ddl.platform, before)}`
          : '';
    return [restatement(`alter type ${type} add value if not exists ${literal(ddl.platform, item)}${place}`)];
  });
}

/**
 * PostgreSQL can neither drop a value nor move one, so the columns change to a new type, which then takes the name. Which
 * columns have the type, and by what defaults, the database is asked when the revision runs.
 */
function rebuild(ddl: SchemaHelperDdl, { schema, name, items }: AlterEnumOperation): readonly StatementDraft[] {
  const place = ddl.schemaOf(schema);
  const temporary = `${name.slice(0, 50)}__rebuilt`;
  const oldType = ddl.quote(place, name);
  const newType = ddl.quote(place, temporary);
  const text = (value: string): string => literal(ddl.platform, value);
  const block = `declare
  found record;
  statement text;
  defaults text[] := '{}';
begin
  for found in
    select format('alter table only %s alter column %I', a.attrelid::regclass, a.attname) as start,
        pg_get_expr(d.adbin, d.adrelid) as expression
      from pg_catalog.pg_type t
      join pg_catalog.pg_attribute a on a.atttypid in (t.oid, t.typarray) and not a.attisdropped and a.attgenerated = ''
      join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f')
      join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where t.oid = ${text(oldType)}::regtype
  loop
    execute found.start || ' drop default';
    defaults := defaults || (found.start || ' set default ' || found.expression);
  end loop;
  for found in
    select format('alter table %s alter column %I type %s using (%I::text%s::%s)', a.attrelid::regclass, a.attname,
        ${text(newType)} || list, a.attname, list, ${text(newType)} || list) as change
      from pg_catalog.pg_type t
      join pg_catalog.pg_attribute a on a.atttypid in (t.oid, t.typarray) and not a.attisdropped and a.attinhcount = 0
      join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f')
      cross join lateral (select case when a.atttypid = t.typarray then '[]' else '' end) as of (list)
      where t.oid = ${text(oldType)}::regtype
      order by c.oid, a.attnum
  loop
    execute found.change;
  end loop;
  drop type ${oldType};
  alter type ${newType} rename to ${ddl.quote(name)};
  foreach statement in array defaults loop
    execute statement;
  end loop;
end`;
  return [
    change(ddl.createEnum(temporary, items, place), typeExists(ddl, schema, temporary, true)),
    change(`do ${dollarQuoted(block)}`, typeExists(ddl, schema, temporary, false)),
  ];
}

function typeExists(ddl: SchemaHelperDdl, schema: string | undefined, name: string, present: boolean): Postcondition {
  const actual = ddl.schemaOf(schema);
  const namespace = actual === undefined ? 'current_schema()' : literal(ddl.platform, actual);
  return {
    query:
      `select ${present ? '' : 'not '}exists (select 1 from pg_catalog.pg_type t ` +
      `join pg_catalog.pg_namespace n on n.oid = t.typnamespace ` +
      `where t.typname = ${literal(ddl.platform, name)} and n.nspname = ${namespace}) as present`,
  };
}
