import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { type Engine } from '../engines/engine.js';
import { type Value } from '../operations/value.js';
import { type FileSystem } from '../script/file-system.js';

/** A tool whose migrations can be imported. */
export type ImportTool = 'mikro-orm' | 'typeorm' | 'knex' | 'prisma' | 'drizzle' | 'sql';

/** A statement of a migration, with `?` for a value where there are some, as `op.execute` takes it. */
export interface ImportedStatement {
  readonly sql: string;
  readonly params: readonly Value[];
}

/** What a migration does in one direction. */
export type ImportedWork =
  | {
      readonly kind: 'sql';
      readonly statements: readonly ImportedStatement[];
    }
  | {
      /** Its code decides by what it reads, so that only the class itself can do it. */
      readonly kind: 'class';
      /** What it does beside SQL, such as `uses what this.execute() returns`. */
      readonly reason: string;
    }
  | {
      /** There is no way back. */
      readonly kind: 'irreversible';
      readonly reason: string;
    }
  | ImportObstacle;

/** What can neither be written as SQL nor be kept as a call. */
export interface ImportObstacle {
  readonly kind: 'obstacle';
  /** The end of a sentence that begins with the migration: `calls queryRunner.createTable()`. */
  readonly reason: string;
  readonly cure: string;
  /** The line of the file; `undefined` where it is not known. */
  readonly line: number | undefined;
}

/** One migration of another tool. */
export interface ImportedMigration {
  /** Its name, as the table of the tool has it. */
  readonly name: string;
  /** The file, absolute; `undefined` where the application has the class in memory alone. */
  readonly file: string | undefined;
  /** Whether the tool runs it in a transaction. */
  readonly isTransactional: boolean;
  readonly up: ImportedWork;
  readonly down: ImportedWork;
  /** Under which name the file exports the class; `undefined` where the migration is no class. */
  readonly exportName?: string | undefined;
}

/** A table in which a tool keeps what it has applied. */
export interface AppliedTable {
  readonly name: string;
  readonly schema?: string | undefined;
}

/** What a source needs to read a history. */
export interface ImportPlace {
  readonly orm: MikroORM;
  readonly engine: Engine;
  /** The folder against which relative paths are resolved. */
  readonly base: string;
  readonly fs: FileSystem;
  /** The folder that was named, absolute. */
  readonly folder: string | undefined;
  /** The table that was named. */
  readonly table: string | undefined;
}

/** The history that another tool has kept: one implementation a tool. */
export interface HistorySource {
  readonly tool: ImportTool;
  /** Its name for people. */
  readonly title: string;
  /** Where the migrations are: a folder, or the option that lists them. */
  readonly place: string;
  /** The migrations in the order in which the tool runs them on an empty database. */
  readHistory(): Promise<readonly ImportedMigration[]>;
  /** Where the tool keeps what it has applied; `undefined` where it keeps nothing that could be read. */
  readonly table: AppliedTable | undefined;
  /** The names in that table, in the order in which they were applied. Called where the table exists. */
  readApplied(connection: AbstractSqlConnection, table: AppliedTable): Promise<readonly string[]>;
  /**
   * Runs the tool itself on the database of an ORM, up to the last migration, and calls `onMigration` before each. Absent
   * where the tool is not MikroORM's.
   */
  readonly runTool?: (orm: MikroORM, onMigration: (name: string) => void) => Promise<void>;
}
