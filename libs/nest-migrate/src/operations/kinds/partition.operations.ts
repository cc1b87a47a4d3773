import { nameOf, optionsOf, type OptionKinds, schemaKinds, type Site, sqlOf, tableSite } from '../arguments.js';
import { orNothing } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { type ObjectChange } from '../object-change.js';
import { held } from '../previous.js';
import { objectWords, tableWords } from '../words.js';

/** Which partition it is, and of which table. */
export interface PartitionPlace extends InSchema {
  /** The partitioned table. */
  readonly table: string;
  /** The name of the partition, which is a table itself. */
  readonly name: string;
  /** The schema of the partition. Absent: that of its table. */
  readonly partitionSchema?: string;
}

/** Creates a partition of a table. PostgreSQL and PGlite only. */
export interface CreatePartitionOperation extends PartitionPlace {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createPartition';
  /** Which rows the partition takes: what follows `partition of <table>`. */
  readonly bound: string;
}

/** Drops a partition with its rows. PostgreSQL and PGlite only. */
export interface DropPartitionOperation extends PartitionPlace {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropPartition';
  /** True: it is detached first, without blocking its table, outside of a transaction. */
  readonly concurrently?: boolean;
  /** The bound of the partition, where it is known. `reverse` creates it again from this. */
  readonly previous?: string;
}

/** Makes a table a partition of another. PostgreSQL and PGlite only. */
export interface AttachPartitionOperation extends PartitionPlace {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'attachPartition';
  /** Which rows the partition holds: what follows the name of the partition. */
  readonly bound: string;
}

/** Makes a partition a table of its own, which keeps its rows. PostgreSQL and PGlite only. */
export interface DetachPartitionOperation extends PartitionPlace {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'detachPartition';
  /** True: without blocking the table that it is detached from, outside of a transaction. */
  readonly concurrently?: boolean;
  /** The bound of the partition, where it is known. `reverse` attaches it again by this. */
  readonly previous?: string;
}

/** The operations on a partition. */
export type PartitionOperation =
  CreatePartitionOperation | DropPartitionOperation | AttachPartitionOperation | DetachPartitionOperation;

/**
 * The schemas of a partition and of its table.
 *
 * @example
 * await op.dropPartition('event', 'event_2019', { schema: 'log', partitionSchema: 'archive' });
 */
export interface PartitionOptions extends InSchema {
  /** The schema of the partition. Default: that of its table. */
  partitionSchema?: string;
}

/** The verbs for a partition. */
export interface PartitionVerbs {
  /**
   * Creates a partition of a table that has `partitionBy` (`create table … partition of`). PostgreSQL and PGlite only.
   *
   * @example
   * await op.createPartition('event', 'event_2026', "for values from ('2026-01-01') to ('2027-01-01')");
   */
  createPartition(table: string, name: string, bound: string, options?: PartitionOptions): Promise<void>;
  /**
   * Drops a partition and its rows. PostgreSQL and PGlite only.
   *
   * `concurrently` detaches the partition first, in a way that blocks neither reads nor writes of its table (from
   * PostgreSQL 14 on, and only where the table has no default partition). It has to be in `autocommitBlock`.
   *
   * @example
   * await op.dropPartition('event', 'event_2019');
   */
  dropPartition(table: string, name: string, options?: PartitionOptions & { concurrently?: boolean }): Promise<void>;
  /**
   * Makes a table with the same columns a partition of a table that has `partitionBy` (`attach partition`). PostgreSQL
   * and PGlite only.
   *
   * All rows of the new partition are compared with the bound, and requests on it wait meanwhile, unless a valid check
   * tells that they fit. `db migrate --online` writes such a check.
   *
   * @example
   * await op.attachPartition('event', 'event_2026', "for values from ('2026-01-01') to ('2027-01-01')");
   */
  attachPartition(table: string, name: string, bound: string, options?: PartitionOptions): Promise<void>;
  /**
   * Makes a partition a table of its own, which keeps its rows (`detach partition`). PostgreSQL and PGlite only.
   *
   * `concurrently` blocks neither reads nor writes of the table that it is detached from (from PostgreSQL 14 on, and only
   * where that has no default partition). It has to be in `autocommitBlock`. PostgreSQL then leaves a check on the
   * detached table that says what the bound said, unless there is one already.
   *
   * @example
   * await op.detachPartition('event', 'event_2019');
   */
  detachPartition(table: string, name: string, options?: PartitionOptions & { concurrently?: boolean }): Promise<void>;
}

const partitionKinds = { ...schemaKinds, partitionSchema: 'name' } satisfies OptionKinds<PartitionOptions>;

const defineOperation = definitionsOf<PartitionVerbs, PartitionOperation>();

const createPartition = defineOperation({
  kind: 'createPartition',
  changes: (operation) => changesOf('creates', operation),
  parse: (table, name, bound, options) => {
    const site = partitionSite('createPartition', table, name);
    const { schema, partitionSchema } = optionsOf(site, options, partitionKinds);
    return { schema, table, name, partitionSchema, bound: sqlOf(site, 'a bound', bound) };
  },
  reverse: ({ kind: _, bound, ...place }) => [{ kind: 'dropPartition', ...place, previous: bound }],
  call: ({ table, name, bound, schema, partitionSchema }) => [
    table,
    name,
    bound,
    orNothing({ schema, partitionSchema }),
  ],
  describe: (operation) => `added partition ${partitionWords(operation)}`,
});

const dropPartition = defineOperation({
  kind: 'dropPartition',
  changes: (operation) => changesOf('drops', operation),
  parse: (table, name, options) => {
    const site = partitionSite('dropPartition', table, name);
    const { schema, partitionSchema, concurrently } = optionsOf(site, options, {
      ...partitionKinds,
      concurrently: 'boolean',
    } as const);
    return { schema, table, name, partitionSchema, concurrently };
  },
  reverse: (operation) => {
    const bound = held(operation, 'previous', 'it does not hold the bound that was there.');
    const { schema, table, name, partitionSchema } = operation;
    return [{ kind: 'createPartition', schema, table, name, partitionSchema, bound }];
  },
  call: ({ table, name, schema, partitionSchema, concurrently }) => [
    table,
    name,
    orNothing({ schema, partitionSchema, concurrently }),
  ],
  describe: (operation) => `removed partition ${partitionWords(operation)}`,
});

const attachPartition = defineOperation({
  kind: 'attachPartition',
  changes: (operation) => changesOf('alters', operation),
  parse: (table, name, bound, options) => {
    const site = partitionSite('attachPartition', table, name);
    const { schema, partitionSchema } = optionsOf(site, options, partitionKinds);
    return { schema, table, name, partitionSchema, bound: sqlOf(site, 'a bound', bound) };
  },
  reverse: ({ kind: _, bound, ...place }) => [{ kind: 'detachPartition', ...place, previous: bound }],
  call: ({ table, name, bound, schema, partitionSchema }) => [
    table,
    name,
    bound,
    orNothing({ schema, partitionSchema }),
  ],
  describe: (operation) => `attached partition ${partitionWords(operation)}`,
});

const detachPartition = defineOperation({
  kind: 'detachPartition',
  changes: (operation) => changesOf('alters', operation),
  parse: (table, name, options) => {
    const site = partitionSite('detachPartition', table, name);
    const { schema, partitionSchema, concurrently } = optionsOf(site, options, {
      ...partitionKinds,
      concurrently: 'boolean',
    } as const);
    return { schema, table, name, partitionSchema, concurrently };
  },
  reverse: (operation) => {
    const bound = held(operation, 'previous', 'it does not hold the bound that was there.');
    const { schema, table, name, partitionSchema } = operation;
    return [{ kind: 'attachPartition', schema, table, name, partitionSchema, bound }];
  },
  call: ({ table, name, schema, partitionSchema, concurrently }) => [
    table,
    name,
    orNothing({ schema, partitionSchema, concurrently }),
  ],
  describe: (operation) => `detached partition ${partitionWords(operation)}`,
});

export const partitionOperations = [createPartition, dropPartition, attachPartition, detachPartition] as const;

/** A partition is a table of its own, and its bound is a part of its parent. */
function changesOf(
  does: 'creates' | 'drops' | 'alters',
  { schema, table, name, partitionSchema = schema }: PartitionPlace,
): readonly ObjectChange[] {
  return [
    { does, object: 'partition', name, schema: partitionSchema, table: undefined },
    { does: 'alters', object: 'table', name: table, columns: [] },
  ];
}

function partitionWords({ name, partitionSchema, schema, table }: PartitionPlace): string {
  return `${objectWords(partitionSchema ?? schema, name)} of table ${tableWords({ schema, table })}`;
}

function partitionSite(verb: string, table: unknown, name: unknown): Site {
  const { subject } = tableSite(verb, table);
  return { verb, subject: `partition '${nameOf({ verb, subject }, 'the name of a partition', name)}' of ${subject}` };
}
