import { type ColumnDefinition } from '../../operations/operation.js';
import { type LiteralReader, type TypeFamily } from '../../schema/default-value.js';
import { type QualifiedName } from '../../schema/schema-model.js';

/** What an engine's types and literals mean. Asks no database. */
export interface TypeRules {
  /** A canonical text of a type, the same for every spelling of it. */
  canonicalType(type: string): string;
  /**
   * A canonical text of a type as used in a routine: the same for types that mean the same for parameters and results.
   */
  canonicalRoutineType(type: string): string;
  /** The type of a column as it is written in a cast, where `type` is MikroORM's name for it. */
  databaseType(column: ColumnDefinition, type: string, table: QualifiedName): string;
  /** The text by which a column of `table` names a native enum type. */
  enumReference(type: QualifiedName, table: QualifiedName): string;
  typeFamily(type: string): TypeFamily;
  /** The values of a type that lists them; absent on an engine whose types list none. */
  readonly itemsOf?: (type: string) => readonly string[] | undefined;
  readonly readLiteral: LiteralReader;
  /**
   * Where the database has parts of a type or of `extra` that the entity's text does not say and that no one has to
   * declare, the entity's text with those parts. Absent on an engine without such parts.
   */
  readonly withUndeclared?: (entity: string, database: string) => string;
  /** A comment, or an item of an enum, as the catalogue returns it. */
  readonly readBack: (text: string) => string;
  /** A plain default as the catalogue returns it. */
  readonly readBackDefault: (text: string) => string;
  /**
   * A query that finds a row where an index of this method takes the operator class by itself; absent on an engine
   * without operator classes.
   */
  readonly choosesOperatorClass?: (method: string, name: string) => string;
  /** Whether a default is the next number of a sequence; absent where columns do not count that way. */
  readonly isNextValue?: (sql: string) => boolean;
  /** The sequences whose next number an SQL text takes; absent on an engine without sequences. */
  readonly sequencesIn?: (sql: string) => readonly QualifiedName[];
}
