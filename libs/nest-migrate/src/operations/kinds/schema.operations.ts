import { nameOf } from '../arguments.js';
import { definitionsOf } from '../define.js';

/** Creates a schema unless it is there. On MySQL and MariaDB that is a database; SQLite has none. */
export interface CreateSchemaOperation {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createSchema';
  /** The name of the schema. */
  readonly name: string;
}

/** Drops an empty schema. PostgreSQL and PGlite only. */
export interface DropSchemaOperation {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropSchema';
  /** The name of the schema. */
  readonly name: string;
}

/** The operations on a schema. */
export type SchemaOperation = CreateSchemaOperation | DropSchemaOperation;

/** The verbs for a schema. */
export interface SchemaVerbs {
  /**
   * Creates a schema unless it is there. On MySQL and MariaDB that is a database; on SQLite it is an error.
   *
   * @example
   * await op.createSchema('archive');
   */
  createSchema(name: string): Promise<void>;
  /**
   * Drops an empty schema. PostgreSQL and PGlite only: on MySQL and MariaDB it would be a database with all its tables.
   *
   * @example
   * await op.dropSchema('archive');
   */
  dropSchema(name: string): Promise<void>;
}

const defineOperation = definitionsOf<SchemaVerbs, SchemaOperation>();

const createSchema = defineOperation({
  kind: 'createSchema',
  changes: ({ name }) => ({ does: 'creates', object: 'schema', name }),
  parse: (name) => ({ name: nameOf({ verb: 'createSchema', subject: 'the schema' }, 'a name', name) }),
  reverse: ({ name }) => [{ kind: 'dropSchema', name }],
  call: ({ name }) => [name],
  describe: ({ name }) => `added schema '${name}'`,
});

const dropSchema = defineOperation({
  kind: 'dropSchema',
  changes: ({ name }) => ({ does: 'drops', object: 'schema', name }),
  parse: (name) => ({ name: nameOf({ verb: 'dropSchema', subject: 'the schema' }, 'a name', name) }),
  reverse: ({ name }) => [{ kind: 'createSchema', name }],
  call: ({ name }) => [name],
  describe: ({ name }) => `removed schema '${name}'`,
});

export const schemaOperations = [createSchema, dropSchema] as const;
