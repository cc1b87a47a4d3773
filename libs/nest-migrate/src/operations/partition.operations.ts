import { nameOf, optionsOf, type OptionKinds, schemaKinds, type Site, sqlOf, tableSite } from './arguments.js';
import { frozen } from './frozen.js';
import { type CreatePartitionOperation, type DropPartitionOperation } from './operation.js';
import { type PartitionOptions } from './verbs.js';

const partitionKinds = { ...schemaKinds, partitionSchema: 'name' } satisfies OptionKinds<PartitionOptions>;

export function createPartition(
  table: string,
  name: string,
  bound: string,
  options?: PartitionOptions,
): CreatePartitionOperation {
  const site = partitionSite('createPartition', table, name);
  const { schema, partitionSchema } = optionsOf(site, options, partitionKinds);
  return frozen({
    kind: 'createPartition',
    schema,
    table,
    name,
    partitionSchema,
    bound: sqlOf(site, 'a bound', bound),
  });
}

export function dropPartition(table: string, name: string, options?: PartitionOptions): DropPartitionOperation {
  const site = partitionSite('dropPartition', table, name);
  const { schema, partitionSchema } = optionsOf(site, options, partitionKinds);
  return frozen({ kind: 'dropPartition', schema, table, name, partitionSchema });
}

function partitionSite(verb: string, table: unknown, name: unknown): Site {
  const { subject } = tableSite(verb, table);
  return { verb, subject: `partition '${nameOf({ verb, subject }, 'the name of a partition', name)}' of ${subject}` };
}
