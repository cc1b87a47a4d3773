import { type SqlReader } from '../engines/sql/sql-reader.js';
import { type QualifiedName, type SchemaModel } from '../schema/schema-model.js';
import { withoutColumns } from '../schema/without-columns.js';
import { type ComparedType, type IncludeName, type IncludeObject } from './schema-comparison.js';

/** One side of the comparison. */
export interface ComparedSide {
  readonly side: 'database' | 'entities';
  readonly sql: SqlReader;
}

/**
 * One side of the comparison, without what `includeObject` refuses. A refused table is left out with everything in it.
 */
export function included<T extends SchemaModel>(
  schema: T,
  includeObject: IncludeObject | undefined,
  { side, sql }: ComparedSide,
): T {
  if (includeObject === undefined) return schema;
  const reflected = side === 'database';
  const of = ({ name: table, schema: namespace }: QualifiedName, type: ComparedType) => {
    const place = { type, table, reflected, ...(namespace !== undefined && { schema: namespace }) };
    return ({ name }: { readonly name: string }): boolean => includeObject({ ...place, name });
  };
  const tables = schema.tables
    .filter((table) => of(table, 'table')(table))
    .map((table) => withoutColumns(table, (name) => !of(table, 'column')({ name }), sql))
    .map((table) => ({
      ...table,
      indexes: table.indexes.filter(of(table, 'index')),
      uniques: table.uniques.filter(of(table, 'unique')),
      checks: table.checks.filter(of(table, 'check')),
      foreignKeys: table.foreignKeys.filter(of(table, 'foreignKey')),
      triggers: table.triggers.filter(of(table, 'trigger')),
      ...(table.security && {
        security: { ...table.security, policies: table.security.policies.filter(of(table, 'policy')) },
      }),
    }));
  const views = schema.views.filter((view) => of(view, 'view')(view));
  const routines = schema.routines.filter((routine) => of(routine, 'routine')(routine));
  return withOwnSchemas({ ...schema, tables, views, routines });
}

/** The model with only those schemas that its objects are in. */
export function withOwnSchemas<T extends SchemaModel>(model: T): T {
  const objects = [...model.tables, ...model.views, ...model.enums, ...model.routines];
  const schemas = new Set(objects.map(({ schema }) => schema).filter((schema) => schema !== undefined));
  return { ...model, schemas: [...schemas] };
}

/**
 * `includeName` as a filter of what was read from the database. Tables, views and routines are not asked about again:
 * that was done before they were read.
 */
export function byName(includeName: IncludeName | undefined): IncludeObject | undefined {
  if (includeName === undefined) return undefined;
  return ({ type, name, table, schema }) =>
    type === 'table' ||
    type === 'view' ||
    type === 'routine' ||
    includeName(name, type, { table, ...(schema !== undefined && { schema }) });
}
