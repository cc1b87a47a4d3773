import { type AlterEnumOperation, type EnumValueRename, type Postcondition } from '../../../operations/operation.js';
import { renamedDefault, renamedItems } from '../../../operations/enum-renames.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
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
        ...(operation.rebuild !== true && onlyAdds(renamed) ? addValues(ddl, renamed) : rebuild(ddl, renamed)),
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

/** Whether the existing values stay, in their order. */
function onlyAdds({ items, existing }: AlterEnumOperation): boolean {
  const kept = items.filter((item) => existing.includes(item));
  return kept.length === existing.length && kept.every((item, index) => item === existing[index]);
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

/** PostgreSQL can neither drop a value nor move one, so the columns change to a new type, which then takes the name. */
function rebuild(
  ddl: SchemaHelperDdl,
  { schema, name, items, renames = [], columns }: AlterEnumOperation,
): readonly StatementDraft[] {
  const place = ddl.schemaOf(schema);
  const temporary = `${name.slice(0, 50)}__rebuilt`;
  const oldType = ddl.quote(place, name);
  const newType = ddl.quote(place, temporary);
  const targets = columns.map((column) => ({
    ...column,
    name: ddl.quote(column.column),
    start: `alter table ${ddl.qualified(column)} alter column ${ddl.quote(column.column)}`,
  }));
  const withDefault = targets.filter(({ defaultRaw }) => defaultRaw !== undefined);
  return [
    change(ddl.createEnum(temporary, items, place), typeExists(ddl, schema, temporary, true)),
    ...withDefault.map(({ start }) => restatement(`${start} drop default`)),
    ...targets.map(({ start, name: column, array }) => {
      const suffix = array === true ? '[]' : '';
      return restatement(`${start} type ${newType}${suffix} using (${column}::text${suffix}::${newType}${suffix})`);
    }),
    change(`drop type ${oldType}`, typeExists(ddl, schema, name, false)),
    change(`alter type ${newType} rename to ${ddl.quote(name)}`, typeExists(ddl, schema, name, true)),
    ...withDefault.map(({ start, defaultRaw = '' }) =>
      restatement(`${start} set default ${renamedDefault(defaultRaw, renames)}`),
    ),
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
