import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { objectChanges } from '../../operations/all.js';
import { type Operation } from '../../operations/operation.js';
import { displayName, keyOf, type QualifiedName, type SchemaModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/**
 * Creates the sequences that defaults of the entities name and that do not exist. A sequence is never dropped, since
 * other applications may take numbers from it: there is a warning about one that the last default ceases to name. To be
 * called after the tables have been compared.
 *
 * @param connection Absent: the database is empty.
 */
export async function compareSequences(
  comparison: Comparison,
  connection: AbstractSqlConnection | undefined,
  existingSchemas: readonly string[],
  to: SchemaModel,
): Promise<void> {
  const { engine, plan, hooks } = comparison;
  const { sequencesIn } = engine.types;
  const { missingSequences } = engine.catalogue;
  if (sequencesIn === undefined || missingSequences === undefined) return;
  const defaults = to.tables.flatMap(({ columns }) =>
    // a column that counts by itself comes with its sequence
    columns.flatMap(({ definition, defaultSql }) => (definition.autoincrement === true ? [] : (defaultSql ?? []))),
  );
  const named = distinct(defaults.flatMap(sequencesIn));
  const compared = named.filter(
    ({ name, schema }) =>
      (schema === undefined || (engine.capabilities.schemas && !engine.catalogue.ignoresSchema(schema))) &&
      hooks.includeObject?.({
        type: 'sequence',
        name,
        table: name,
        ...(schema !== undefined && { schema }),
        reflected: false,
      }) !== false,
  );
  const missing = connection === undefined ? compared : await missingSequences(connection, compared);
  const schemas = new Set([...existingSchemas, ...to.schemas]);
  for (const { name, schema } of missing) {
    if (schema !== undefined && !schemas.has(schema)) {
      plan.add('createSchemas', { kind: 'createSchema', name: schema });
      schemas.add(schema);
    }
    const place = schema === undefined ? {} : { schema };
    plan.add('createSequences', { kind: 'createSequence', ...place, name, sequence: {} });
  }

  const kept = new Set(named.map(keyOf));
  const left = distinct(plan.inOrder().flatMap(defaultsLost).flatMap(sequencesIn));
  for (const sequence of left.filter((place) => !kept.has(keyOf(place)))) {
    comparison.warn(
      `keeps the sequence ${displayName(sequence)}, which no default names any more: ` +
        'drop it with op.dropSequence once nothing else takes numbers from it',
    );
  }
}

/** The expressions of defaults that an operation takes away. */
function defaultsLost(operation: Operation): readonly string[] {
  return objectChanges(operation)
    .flatMap(({ definitions = [] }) => definitions)
    .flatMap(({ before, given }) => {
      const isKept = given !== undefined && given.default === undefined && given.defaultRaw === undefined;
      return isKept ? [] : (before?.defaultRaw ?? []);
    });
}

function distinct(places: readonly QualifiedName[]): readonly QualifiedName[] {
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}
