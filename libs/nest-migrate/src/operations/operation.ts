import { type EncodedValue } from './value.js';

/** Where an object lives, when not in the connection's own schema. */
export interface InSchema {
  readonly schema?: string;
}

export type DeferMode = 'immediate' | 'deferred';

/** What happens to referencing rows, in SQL's words. */
export type Rule = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action';

/** MikroORM's type names that mean the same column on every engine that has it. */
export type TypeName =
  | 'string'
  | 'text'
  | 'character'
  | 'uuid'
  | 'integer'
  | 'smallint'
  | 'tinyint'
  | 'mediumint'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'double'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'interval'
  | 'json'
  | 'blob'
  | 'array'
  | 'enum'
  | 'enumArray';

/** A column as data: MikroORM's property options under their own names, values encoded as JSON. */
export interface ColumnDefinition {
  readonly type?: TypeName;
  readonly columnType?: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly unsigned?: boolean;
  readonly autoincrement?: boolean;
  readonly primary?: boolean;
  readonly nullable?: boolean;
  readonly default?: EncodedValue;
  readonly defaultRaw?: string;
  readonly items?: readonly string[];
  readonly nativeEnumName?: string;
  readonly generated?: string;
  readonly collation?: string;
  readonly extra?: string;
  readonly comment?: string;
}

export interface NamedColumnDefinition extends ColumnDefinition {
  readonly name: string;
}

/** A change of a column: a key that is absent leaves the property, `null` removes it. */
export type ColumnChangeDefinition = {
  readonly [K in keyof ColumnDefinition]?: ColumnDefinition[K] | null;
} & { readonly using?: string };

export interface IndexColumn {
  readonly name: string;
  readonly sort?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly length?: number;
  readonly collation?: string;
}

export interface IndexDefinition {
  readonly name?: string;
  readonly columns: readonly IndexColumn[];
  readonly unique?: boolean;
  readonly type?: string;
  readonly where?: string;
  readonly include?: readonly string[];
  readonly fillFactor?: number;
  readonly invisible?: boolean;
  readonly expression?: string;
}

export interface PrimaryKeyDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
}

export interface UniqueDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly deferMode?: DeferMode;
}

export interface CheckDefinition {
  readonly name?: string;
  readonly expression: string;
}

export interface ForeignKeyDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedSchema?: string;
  readonly referencedColumns: readonly string[];
  readonly deleteRule?: Rule;
  readonly updateRule?: Rule;
  readonly deferMode?: DeferMode;
}

export interface CreateTableOperation extends InSchema {
  readonly kind: 'createTable';
  readonly table: string;
  readonly columns: readonly NamedColumnDefinition[];
  readonly primaryKey?: PrimaryKeyDefinition;
  readonly comment?: string;
  readonly ifNotExists?: boolean;
  /** What follows `partition by`. PostgreSQL. */
  readonly partitionBy?: string;
  readonly indexes: readonly IndexDefinition[];
  readonly uniques: readonly UniqueDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
}

/** A table as it is, with all that goes when it is dropped: what one starts from who makes another of it. */
export interface ExistingTable extends CreateTableOperation {
  readonly triggers?: readonly { readonly name: string; readonly trigger: TriggerDefinition }[];
}

export interface DropTableOperation extends InSchema {
  readonly kind: 'dropTable';
  readonly table: string;
  readonly ifExists?: boolean;
  /** The table that is dropped, where it is known: what `reverse` rebuilds. */
  readonly previous?: CreateTableOperation;
}

export interface RenameTableOperation extends InSchema {
  readonly kind: 'renameTable';
  readonly from: string;
  readonly to: string;
}

/** Sets the comment of a table; `null` removes it. */
export interface AlterTableCommentOperation extends InSchema {
  readonly kind: 'alterTableComment';
  readonly table: string;
  readonly comment: string | null;
  readonly previous?: string | null;
}

/** Where a column stands among the others; the last place is none. */
export interface ColumnPlace {
  /** The column right before it. */
  readonly after?: string;
  /** True: before all others. */
  readonly first?: boolean;
}

export interface AddColumnOperation extends InSchema, ColumnPlace {
  readonly kind: 'addColumn';
  readonly table: string;
  readonly column: NamedColumnDefinition;
  readonly ifNotExists?: boolean;
}

export interface DropColumnOperation extends InSchema {
  readonly kind: 'dropColumn';
  readonly table: string;
  readonly column: string;
  readonly ifExists?: boolean;
  readonly previous?: NamedColumnDefinition;
  /** Where it stands, unless it is the last: where `reverse` puts it back. */
  readonly previousPlace?: ColumnPlace;
}

export interface AlterColumnOperation extends InSchema {
  readonly kind: 'alterColumn';
  readonly table: string;
  readonly column: string;
  readonly change: ColumnChangeDefinition;
  /** The column before the change. MySQL and MariaDB restate the whole column and need it there. */
  readonly existing?: ColumnDefinition;
  /** What `using` of the change is on the way back. */
  readonly previousUsing?: string;
}

export interface RenameColumnOperation extends InSchema {
  readonly kind: 'renameColumn';
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export interface CreateIndexOperation extends InSchema {
  readonly kind: 'createIndex';
  readonly table: string;
  readonly index: IndexDefinition;
  readonly concurrently?: boolean;
  readonly ifNotExists?: boolean;
}

export interface DropIndexOperation extends InSchema {
  readonly kind: 'dropIndex';
  readonly table: string;
  readonly name: string;
  readonly concurrently?: boolean;
  readonly ifExists?: boolean;
  readonly previous?: IndexDefinition;
}

export interface RenameIndexOperation extends InSchema {
  readonly kind: 'renameIndex';
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export interface CreatePrimaryKeyOperation extends InSchema {
  readonly kind: 'createPrimaryKey';
  readonly table: string;
  readonly primaryKey: PrimaryKeyDefinition;
}

export interface CreateForeignKeyOperation extends InSchema {
  readonly kind: 'createForeignKey';
  readonly table: string;
  readonly foreignKey: ForeignKeyDefinition;
  readonly notValid?: boolean;
}

export interface CreateUniqueConstraintOperation extends InSchema {
  readonly kind: 'createUniqueConstraint';
  readonly table: string;
  readonly unique: UniqueDefinition;
}

export interface CreateCheckConstraintOperation extends InSchema {
  readonly kind: 'createCheckConstraint';
  readonly table: string;
  readonly check: CheckDefinition;
  readonly notValid?: boolean;
}

/** What was dropped, by its kind, so that `reverse` can bring it back. */
export type PreviousConstraint =
  | { readonly type: 'primaryKey'; readonly primaryKey: PrimaryKeyDefinition }
  | { readonly type: 'foreignKey'; readonly foreignKey: ForeignKeyDefinition }
  | { readonly type: 'unique'; readonly unique: UniqueDefinition }
  | { readonly type: 'check'; readonly check: CheckDefinition };

export interface DropConstraintOperation extends InSchema {
  readonly kind: 'dropConstraint';
  readonly table: string;
  readonly name: string;
  readonly type: 'foreignKey' | 'unique' | 'check' | 'primaryKey';
  readonly ifExists?: boolean;
  readonly previous?: PreviousConstraint;
}

export interface CreateSchemaOperation {
  readonly kind: 'createSchema';
  readonly name: string;
}

export interface DropSchemaOperation {
  readonly kind: 'dropSchema';
  readonly name: string;
}

/** A native enum type; PostgreSQL and PGlite only. */
export interface CreateEnumOperation extends InSchema {
  readonly kind: 'createEnum';
  readonly name: string;
  readonly items: readonly string[];
}

export interface DropEnumOperation extends InSchema {
  readonly kind: 'dropEnum';
  readonly name: string;
  readonly previous?: readonly string[];
}

/** A column that uses an enum type, with the default that has to be lifted while the type is rebuilt. */
export interface EnumColumn extends InSchema {
  readonly table: string;
  readonly column: string;
  readonly array?: boolean;
  readonly defaultRaw?: string;
}

/** A value of an enum type that is called something else from now on; rows that hold it follow. */
export interface EnumValueRename {
  readonly from: string;
  readonly to: string;
}

/**
 * Makes the items of an enum type what `items` says. Where `existing` is a prefix-compatible subset the values are
 * added; otherwise the type is rebuilt and the `columns` that use it are cast through text.
 */
export interface AlterEnumOperation extends InSchema {
  readonly kind: 'alterEnum';
  readonly name: string;
  readonly items: readonly string[];
  /** What it has before, renames included. */
  readonly existing: readonly string[];
  /** Done first, one after the other. */
  readonly renames?: readonly EnumValueRename[];
  /** The type is made anew even where values are only added: those of a new type can be used at once. */
  readonly rebuild?: boolean;
  readonly columns: readonly EnumColumn[];
}

/** A view by the query that it stands for. */
export interface ViewDefinition {
  /** The `select` itself, without a semicolon. */
  readonly definition: string;
}

export interface CreateViewOperation extends InSchema, ViewDefinition {
  readonly kind: 'createView';
  readonly view: string;
  /** Takes the place of the view that is there. */
  readonly orReplace?: boolean;
  /** The view whose place it takes, where it is known: what `reverse` puts back. */
  readonly previous?: ViewDefinition;
}

export interface DropViewOperation extends InSchema {
  readonly kind: 'dropView';
  readonly view: string;
  readonly ifExists?: boolean;
  readonly previous?: ViewDefinition;
}

/** A view whose rows are stored; PostgreSQL and PGlite only. */
export interface MaterializedViewDefinition extends ViewDefinition {
  /** False: created empty, and unreadable until it is refreshed. */
  readonly withData?: boolean;
}

export interface CreateMaterializedViewOperation extends InSchema, MaterializedViewDefinition {
  readonly kind: 'createMaterializedView';
  readonly view: string;
}

export interface DropMaterializedViewOperation extends InSchema {
  readonly kind: 'dropMaterializedView';
  readonly view: string;
  readonly ifExists?: boolean;
  readonly previous?: MaterializedViewDefinition;
}

export interface RefreshMaterializedViewOperation extends InSchema {
  readonly kind: 'refreshMaterializedView';
  readonly view: string;
  /** Readers go on meanwhile; needs a unique index. */
  readonly concurrently?: boolean;
}

/** Where a partition lives: beside its table unless told. */
export interface PartitionPlace extends InSchema {
  readonly table: string;
  readonly name: string;
  readonly partitionSchema?: string;
}

export interface CreatePartitionOperation extends PartitionPlace {
  readonly kind: 'createPartition';
  /** Which rows it takes: what follows `partition of <table>`. */
  readonly bound: string;
}

export interface DropPartitionOperation extends PartitionPlace {
  readonly kind: 'dropPartition';
  /** The bound of the partition, where it is known. */
  readonly previous?: string;
}

/** Whether row-level security holds on a table, as MikroORM has it: `'force'` for whoever owns the table as well. */
export type RowLevelSecurity = boolean | 'force';

export interface AlterRowLevelSecurityOperation extends InSchema {
  readonly kind: 'alterRowLevelSecurity';
  readonly table: string;
  readonly level: RowLevelSecurity;
  /** What holds before: what `reverse` goes back to. */
  readonly existing?: RowLevelSecurity;
}

/** A policy as MikroORM describes one: which rows may be seen and written, by whom. */
export interface PolicyDefinition {
  /** Absent: all of them. */
  readonly command?: 'select' | 'insert' | 'update' | 'delete';
  /** Absent: permissive, of which one has to let a row pass. */
  readonly type?: 'restrictive';
  /** Absent: everybody. */
  readonly roles?: readonly string[];
  readonly using?: string;
  readonly check?: string;
}

export interface CreatePolicyOperation extends InSchema {
  readonly kind: 'createPolicy';
  readonly table: string;
  readonly name: string;
  readonly policy: PolicyDefinition;
}

export interface DropPolicyOperation extends InSchema {
  readonly kind: 'dropPolicy';
  readonly table: string;
  readonly name: string;
  readonly previous?: PolicyDefinition;
}

export type TriggerEvent = 'insert' | 'update' | 'delete' | 'truncate';

/** A trigger as MikroORM describes one: by its parts, or as the whole statement. */
export interface TriggerDefinition {
  readonly timing: 'before' | 'after' | 'instead of';
  readonly events: readonly TriggerEvent[];
  /** Absent: once for each row. */
  readonly forEach?: 'row' | 'statement';
  readonly when?: string;
  /** The statements between `begin` and `end`. */
  readonly body?: string;
  /** The whole `create trigger` statement, in place of `body`. */
  readonly expression?: string;
}

export interface CreateTriggerOperation extends InSchema {
  readonly kind: 'createTrigger';
  readonly table: string;
  readonly name: string;
  readonly trigger: TriggerDefinition;
}

export interface DropTriggerOperation extends InSchema {
  readonly kind: 'dropTrigger';
  readonly table: string;
  readonly name: string;
  /** What it fires on: an engine whose triggers have one event each has as many of them. */
  readonly events?: readonly TriggerEvent[];
  readonly previous?: TriggerDefinition;
}

export interface RoutineParameter {
  readonly name: string;
  /** The database's own type. */
  readonly type: string;
  /** Absent: `in`. */
  readonly direction?: 'in' | 'out' | 'inout';
  readonly defaultRaw?: string;
}

/** A stored function or procedure as MikroORM describes one: by its parts, or as the whole statement. */
export interface RoutineDefinition {
  readonly type: 'function' | 'procedure';
  readonly params: readonly RoutineParameter[];
  /** The type that a function answers with. */
  readonly returns?: string;
  readonly language?: string;
  readonly deterministic?: boolean;
  readonly dataAccess?: 'contains-sql' | 'no-sql' | 'reads-sql-data' | 'modifies-sql-data';
  readonly security?: 'invoker' | 'definer';
  readonly comment?: string;
  readonly body?: string;
  /** The whole `create function` or `create procedure` statement, in place of `body`. */
  readonly expression?: string;
}

export interface CreateRoutineOperation extends InSchema {
  readonly kind: 'createRoutine';
  readonly name: string;
  readonly routine: RoutineDefinition;
  /** Takes the place of the routine that is there. */
  readonly orReplace?: boolean;
  /** The routine whose place it takes, where it is known: what `reverse` puts back. */
  readonly previous?: RoutineDefinition;
}

export interface DropRoutineOperation extends InSchema {
  readonly kind: 'dropRoutine';
  readonly name: string;
  readonly type: 'function' | 'procedure';
  /** The types of its parameters, where several routines share the name. */
  readonly parameterTypes?: readonly string[];
  readonly ifExists?: boolean;
  readonly previous?: RoutineDefinition;
}

/** Has the rows checked that a constraint with `notValid` left unchecked; PostgreSQL and PGlite only. */
export interface ValidateConstraintOperation extends InSchema {
  readonly kind: 'validateConstraint';
  readonly table: string;
  readonly name: string;
}

/** How to tell from the catalogue, or from a query, that a statement has had its effect. */
export type Postcondition =
  | (InSchema & {
      readonly table: string;
      readonly column?: string;
      readonly index?: string;
      readonly constraint?: string;
      readonly exists: boolean;
    })
  /** A query whose first value is true once the effect is there. */
  | { readonly query: string };

export interface ExecuteOperation {
  readonly kind: 'execute';
  readonly sql: string;
  readonly params: readonly EncodedValue[];
  readonly postcondition?: Postcondition;
  readonly repeatable?: boolean;
  /** What takes it back, where whoever made it knows. */
  readonly previous?: { readonly sql: string; readonly params: readonly EncodedValue[] };
}

export interface BulkInsertOperation extends InSchema {
  readonly kind: 'bulkInsert';
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, EncodedValue>>[];
}

/** What every operation may carry for whoever reviews the revision. */
export interface Reviewed {
  /**
   * What the step can lose, or what it can fail on, and what to do about it: written above it as a comment. A script
   * that runs knows nothing of it.
   */
  readonly warning?: string;
}

type Kinds =
  | CreateTableOperation
  | DropTableOperation
  | RenameTableOperation
  | AlterTableCommentOperation
  | AddColumnOperation
  | DropColumnOperation
  | AlterColumnOperation
  | RenameColumnOperation
  | CreateIndexOperation
  | DropIndexOperation
  | RenameIndexOperation
  | CreatePrimaryKeyOperation
  | CreateForeignKeyOperation
  | CreateUniqueConstraintOperation
  | CreateCheckConstraintOperation
  | DropConstraintOperation
  | CreateSchemaOperation
  | DropSchemaOperation
  | CreateEnumOperation
  | DropEnumOperation
  | AlterEnumOperation
  | CreateViewOperation
  | DropViewOperation
  | CreateMaterializedViewOperation
  | DropMaterializedViewOperation
  | RefreshMaterializedViewOperation
  | CreateTriggerOperation
  | DropTriggerOperation
  | CreatePartitionOperation
  | DropPartitionOperation
  | AlterRowLevelSecurityOperation
  | CreatePolicyOperation
  | DropPolicyOperation
  | CreateRoutineOperation
  | DropRoutineOperation
  | ValidateConstraintOperation
  | ExecuteOperation
  | BulkInsertOperation;

/**
 * One verb of a revision as frozen, JSON-serialisable data. What it means in SQL is a dialect's business, what it looks
 * like in TypeScript the renderer's, how it is undone `reverse`'s: tables over this union.
 */
export type Operation = Kinds & Reviewed;

/** The operation of one kind. */
export type OperationOf<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;
