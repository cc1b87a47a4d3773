import { type LiveSchema } from '../read/live-schema.js';
import { type SchemaModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/** Creates the schemas that are missing, and drops those whose last table is dropped. Other schemas are left alone. */
export function compareSchemas(comparison: Comparison, from: LiveSchema, to: SchemaModel): void {
  for (const name of to.schemas) {
    if (!from.existingSchemas.includes(name)) comparison.plan.add('createSchemas', { kind: 'createSchema', name });
  }
  for (const name of from.schemas) {
    if (to.schemas.includes(name)) continue;
    if (from.occupiedSchemas.includes(name)) {
      comparison.warn(
        `keeps the schema ${name}, in which no entity lives: it holds more than the tables that are dropped`,
      );
    } else {
      comparison.plan.add('dropSchemas', { kind: 'dropSchema', name });
      comparison.warn(`drops the schema ${name}, in which no entity lives`);
    }
  }
}
