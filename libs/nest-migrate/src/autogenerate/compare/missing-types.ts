import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { objectChanges } from '../../operations/all.js';
import { type Operation } from '../../operations/operation.js';
import { type Comparison } from './comparison.js';

/**
 * Warns of types that columns get and that the database does not have: entities cannot declare the extension that brings
 * them. To be called after the tables have been compared.
 *
 * @param connection Absent: the database is empty.
 */
export async function warnOfMissingTypes(
  comparison: Comparison,
  connection: AbstractSqlConnection | undefined,
): Promise<void> {
  const { missingTypes } = comparison.engine.catalogue;
  if (missingTypes === undefined || connection === undefined) return;
  const operations = comparison.plan.inOrder();
  const made = new Set(operations.flatMap((operation) => (operation.kind === 'createEnum' ? [operation.name] : [])));
  const named = new Set(operations.flatMap(typesGiven).filter((type) => !made.has(type)));
  if (named.size === 0) return;
  for (const type of await missingTypes(connection, [...named])) {
    comparison.warn(
      `uses the type ${type}, which this database does not have: where an extension brings it, create that in a ` +
        "revision before, with op.execute('create extension …')",
    );
  }
}

function typesGiven(operation: Operation): readonly string[] {
  return objectChanges(operation)
    .flatMap(({ definitions = [] }) => definitions)
    .flatMap(({ given }) => given?.columnType ?? []);
}
