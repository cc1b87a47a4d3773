import { type ForeignKeyDefinition } from '../../operations/operation.js';
import { type Engine } from '../../engines/engine.js';
import { type QualifiedName } from '../../schema/schema-model.js';

/** The table that a foreign key refers to, from the joined name that MikroORM uses. */
export function referencedName(joined: string, { home, capabilities }: Engine): QualifiedName {
  const dot = joined.indexOf('.');
  if (!capabilities.schemas || dot === -1) return { name: joined };
  const schema = joined.slice(0, dot);
  const name = joined.slice(dot + 1);
  return schema === home ? { name } : { name, schema };
}

/** The table that a foreign key of a model refers to. */
export function referencedPlace(key: ForeignKeyDefinition): QualifiedName {
  return { name: key.referencedTable, schema: key.referencedSchema };
}
