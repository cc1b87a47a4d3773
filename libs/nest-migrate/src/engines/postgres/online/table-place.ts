import { type OperationOf } from '../../../operations/operation.js';
import { type QualifiedName } from '../../../schema/schema-model.js';

/** The table of an operation. */
export interface OfTable {
  readonly table: string;
  readonly schema?: string;
}

export function placeOf({ schema, table }: OfTable): QualifiedName {
  return { name: table, ...(schema !== undefined && { schema }) };
}

/** The partition that an operation creates or drops. */
export function partitionOf({
  name,
  schema,
  partitionSchema = schema,
}: Pick<OperationOf<'createPartition'>, 'name' | 'schema' | 'partitionSchema'>): QualifiedName {
  return { name, ...(partitionSchema !== undefined && { schema: partitionSchema }) };
}

/** The table for a message. */
export function wordsOfTable({ schema, table }: OfTable): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/** The beginning of a sentence about those who wait. */
export function requestsOn(operation: OfTable): string {
  return `requests on ${wordsOfTable(operation)}`;
}
