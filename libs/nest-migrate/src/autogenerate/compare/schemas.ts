import { type LiveSchema } from '../read/live-schema.js';
import { type SchemaModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/**
 * Creates the schemas that are missing, also that of the connection where it is to hold something, and drops those whose last table is dropped. Other
 * schemas are left alone.
 */
export function compareSchemas(comparison: Comparison, from: LiveSchema, to: SchemaModel): void {
  const { capabilities, home } = comparison.engine;
  const wanted = [...to.tables, ...to.views, ...to.enums, ...to.routines];
  const isHomeUsed = wanted.some(({ schema }) => schema === undefined);
  if (capabilities.schemas && home !== undefined && isHomeUsed && !from.existingSchemas.includes(home)) {
    // not dropped by the downgrade: what is not compared may be in it by then, such as the version table
    comparison.plan.addFor(['upgrade'], 'createSchemas', { kind: 'createSchema', name: home });
  }
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
