import { type MikroORM } from '@mikro-orm/core';
import { type ComparisonHooks } from '../schema-comparison.js';
import { allEntities } from './entity-schema.js';
import { displayName, type QualifiedName, samePlace, type TableModel } from './schema-model.js';
import { mentions } from './sql-text.js';

type Pattern = string | RegExp;

/** Which tables and columns of the database take part. */
export class TableFilter {
  private readonly skipTables: readonly Pattern[];
  private readonly skipViews: readonly Pattern[];
  private readonly skipColumns: Readonly<Record<string, readonly Pattern[]>>;
  private readonly migrationsTable: readonly string[];
  private readonly wildcards: ReadonlySet<string>;

  /**
   * @param ignored the tool's own tables, and those that cannot be compared.
   * @param hooks what the caller says of schemas and tables.
   */
  constructor(
    orm: Pick<MikroORM, 'config' | 'getMetadata'>,
    private readonly home: string | undefined,
    private readonly ignored: readonly QualifiedName[],
    private readonly hooks: Pick<ComparisonHooks, 'includeObject' | 'includeName'>,
  ) {
    const options = orm.config.get('schemaGenerator');
    this.skipTables = options.skipTables ?? [];
    this.skipViews = options.skipViews ?? [];
    this.skipColumns = options.skipColumns ?? {};
    this.migrationsTable = (orm.config.get('migrations').tableName ?? '').split('.');
    const entities = allEntities(orm).filter(({ schema }) => schema === '*');
    this.wildcards = new Set(entities.map(({ tableName }) => tableName));
  }

  /** MikroORM looks for `skipTables` with a schema in front on one of its two sides only, so both are done here. */
  includes(table: QualifiedName): boolean {
    if (this.ignored.some((ignored) => samePlace(ignored, table)) || this.isMigrationsTable(table)) return false;
    // of an entity that lives in whichever schema is asked for: nobody asked for one
    if (this.wildcards.has(table.name)) return false;
    const { name, schema } = table;
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'table', place) === false) return false;
    if (includeObject?.({ type: 'table', name, table: name, ...place, reflected: true }) === false) return false;
    const names = this.namesOf(table);
    return !this.skipTables.some((pattern) => names.some((name) => matches(pattern, name)));
  }

  /** Whether a schema of the database is looked at; the connection's own always is. */
  includesSchema(name: string): boolean {
    return this.hooks.includeName?.(name, 'schema', {}) !== false;
  }

  /** Whether a view takes part; none is the tool's own. */
  includesView(view: QualifiedName): boolean {
    const { name, schema } = view;
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'view', place) === false) return false;
    if (includeObject?.({ type: 'view', name, table: name, ...place, reflected: true }) === false) return false;
    const names = this.namesOf(view);
    return !this.skipViews.some((pattern) => names.some((own) => matches(pattern, own)));
  }

  /** Whether a routine takes part. */
  includesRoutine({ name, schema }: QualifiedName): boolean {
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'routine', place) === false) return false;
    return includeObject?.({ type: 'routine', name, table: name, ...place, reflected: true }) !== false;
  }

  /** Columns that the configuration skips are nobody's business, nor is what was built on them. */
  withoutSkippedColumns(table: TableModel): TableModel {
    const patterns = this.namesOf(table).flatMap((name) => this.skipColumns[name] ?? []);
    if (patterns.length === 0) return table;
    const skipped = table.columns
      .map(({ definition }) => definition.name)
      .filter((name) => patterns.some((pattern) => matches(pattern, name)));
    const untouched = ({ columns }: { readonly columns: readonly string[] }): boolean =>
      !columns.some((name) => skipped.includes(name));
    return {
      ...table,
      columns: table.columns.filter(({ definition }) => !skipped.includes(definition.name)),
      indexes: table.indexes.filter(({ columns }) => untouched({ columns: columns.map(({ name }) => name) })),
      uniques: table.uniques.filter(untouched),
      foreignKeys: table.foreignKeys.filter(untouched),
      checks: table.checks.filter(({ expression }) => !skipped.some((name) => mentions(expression, name))),
    };
  }

  /** Where MikroORM's own migrator keeps its books. */
  private isMigrationsTable({ name, schema }: QualifiedName): boolean {
    const [first, ...rest] = this.migrationsTable;
    return rest.length === 0 ? name === first : name === rest.join('.') && (schema ?? this.home) === first;
  }

  private namesOf(table: QualifiedName): readonly string[] {
    const qualified = displayName({ ...table, schema: table.schema ?? this.home });
    return [table.name, qualified];
  }
}

function matches(pattern: Pattern, name: string): boolean {
  return typeof pattern === 'string' ? pattern.toLowerCase() === name.toLowerCase() : pattern.test(name);
}
