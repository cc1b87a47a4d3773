import { type QualifiedName } from '../../schema/schema-model.js';

/** A part of a database's schema: an object, a comment or a grant. */
export interface DescribedObject {
  /** What it is and its full name, such as `table public.book column title`: no other part of the database has it. */
  readonly object: string;
  /** All that there is to tell about it. */
  readonly definition: string;
}

/** What a server shows only to those who have a right to it. */
export type HiddenPart = 'events' | 'grants' | 'routines' | 'triggers' | 'views';

/** A whole schema. */
export interface SchemaDescription {
  /** The engine and its major version. */
  readonly server: string;
  /** What the server kept from the reader, who was shown some of it or none. */
  readonly hidden: readonly HiddenPart[];
  /** In no order. */
  readonly objects: readonly DescribedObject[];
}

/** What is left out of a description. */
export interface DescriptionScope {
  /** Tables, with all that belongs to them. A name without a schema is in the connection's own. */
  readonly ignoredTables: readonly QualifiedName[];
  /** Schemas, with all that is in them. */
  readonly ignoredSchemas: readonly string[];
}

/** One session of a database. */
export interface ReadingSession {
  readonly inTransaction: boolean;
  query<T = Record<string, unknown>>(sql: string): Promise<T[]>;
}
