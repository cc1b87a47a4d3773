import { type Engine } from '../../engines/engine.js';
import { type MikroORM } from '@mikro-orm/core';
import { type ComparisonHooks } from '../schema-comparison.js';
import { allEntities } from './entity-schema.js';
import { displayName, keyOf, type QualifiedName, samePlace, type TableModel } from '../../schema/schema-model.js';
import { withoutColumns } from '../../schema/without-columns.js';

type Pattern = string | RegExp;

/** Decides which tables and columns of the database are compared. */
export class TableFilter {
  private readonly skipTables: readonly Pattern[];
  private readonly skipViews: readonly Pattern[];
  private readonly skipColumns: Readonly<Record<string, readonly Pattern[] | undefined>>;
  private readonly migrationsTable: readonly string[];
  private readonly wildcards: ReadonlySet<string>;
  private readonly fixed: ReadonlySet<string>;

  /**
   * @param ignored The tool's own tables, and those that cannot be compared.
   * @param hooks The caller's hooks for schemas and tables.
   */
  constructor(
    orm: Pick<MikroORM, 'config' | 'getMetadata'>,
    private readonly engine: Pick<Engine, 'home' | 'sql'>,
    private readonly ignored: readonly QualifiedName[],
    private readonly hooks: Pick<ComparisonHooks, 'includeObject' | 'includeName'>,
  ) {
    const options = orm.config.get('schemaGenerator');
    this.skipTables = options.skipTables ?? [];
    this.skipViews = options.skipViews ?? [];
    this.skipColumns = options.skipColumns ?? {};
    this.migrationsTable = (orm.config.get('migrations').tableName ?? '').split('.');
    const entities = allEntities(orm);
    this.wildcards = new Set(entities.filter(({ schema }) => schema === '*').map(({ tableName }) => tableName));
    const places = entities.map(({ tableName: name, schema = orm.config.get('schema') ?? engine.home }) =>
      keyOf({ name, schema: schema === engine.home ? undefined : schema }),
    );
    this.fixed = new Set(places);
  }

  /** Whether a table of the database is compared. */
  includes(table: QualifiedName): boolean {
    if (this.isSkipped(table)) return false;
    // a table of an entity that may be in any schema, and none was asked for
    if (this.wildcards.has(table.name) && !this.fixed.has(keyOf(table))) return false;
    const { name, schema } = table;
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'table', place) === false) return false;
    return includeObject?.({ type: 'table', name, table: name, ...place, reflected: true }) !== false;
  }

  /**
   * Whether the configuration excludes a table, on both sides: the tool's own, that of MikroORM's migrator, and
   * `skipTables`. MikroORM itself finds a name with a schema only on one of its two sides.
   */
  isSkipped(table: QualifiedName): boolean {
    if (this.ignored.some((ignored) => samePlace(ignored, table)) || this.isMigrationsTable(table)) return true;
    const names = this.namesOf(table);
    return this.skipTables.some((pattern) => names.some((name) => matches(pattern, name)), this.engine.sql);
  }

  /** Whether `skipViews` excludes a view, on both sides. */
  isSkippedView(view: QualifiedName): boolean {
    const names = this.namesOf(view);
    return this.skipViews.some((pattern) => names.some((own) => matches(pattern, own)));
  }

  /** Whether a schema of the database is compared. The connection's own always is. */
  includesSchema(name: string): boolean {
    return this.hooks.includeName?.(name, 'schema', {}) !== false;
  }

  /** Whether a view of the database is compared. The tool has no views of its own. */
  includesView(view: QualifiedName): boolean {
    if (this.isSkippedView(view)) return false;
    const { name, schema } = view;
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'view', place) === false) return false;
    return includeObject?.({ type: 'view', name, table: name, ...place, reflected: true }) !== false;
  }

  /** Whether a routine is compared. */
  includesRoutine({ name, schema }: QualifiedName): boolean {
    const { includeName, includeObject } = this.hooks;
    if (schema !== undefined && !this.includesSchema(schema)) return false;
    const place = schema === undefined ? {} : { schema };
    if (includeName?.(name, 'routine', place) === false) return false;
    return includeObject?.({ type: 'routine', name, table: name, ...place, reflected: true }) !== false;
  }

  /** The table without the columns that the configuration skips, and without everything that uses them. */
  withoutSkippedColumns(table: TableModel): TableModel {
    const patterns = this.namesOf(table).flatMap((name) =>
      Object.hasOwn(this.skipColumns, name) ? (this.skipColumns[name] ?? []) : [],
    );
    return withoutColumns(table, (name) => patterns.some((pattern) => matches(pattern, name)), this.engine.sql);
  }

  /** Whether MikroORM's own migrator records its migrations in this table. */
  isMigrationsTable({ name, schema }: QualifiedName): boolean {
    const [first, ...rest] = this.migrationsTable;
    return rest.length === 0 ? name === first : name === rest.join('.') && (schema ?? this.engine.home) === first;
  }

  private namesOf(table: QualifiedName): readonly string[] {
    const qualified = displayName({ ...table, schema: table.schema ?? this.engine.home });
    return [table.name, qualified];
  }
}

function matches(pattern: Pattern, name: string): boolean {
  return typeof pattern === 'string' ? pattern.toLowerCase() === name.toLowerCase() : pattern.test(name);
}
