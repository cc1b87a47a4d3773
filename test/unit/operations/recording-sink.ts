import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { OperationRegistry } from '../../../libs/nest-migrate/src/operations/operation-registry.js';
import { type RegisteredVerbs } from '../../../libs/nest-migrate/src/operations/registered-operations.js';
import { createOperations } from '../../../libs/nest-migrate/src/operations/operations-builder.js';
import { type OperationSink, type OperationVerbs } from '../../../libs/nest-migrate/src/operations/verbs.js';

export interface Recorder {
  readonly op: OperationVerbs<string> & RegisteredVerbs;
  readonly applied: Operation[];
  /** What happened, in order: `start x`, `end x`, and the bounds of blocks. */
  readonly log: string[];
  readonly finish: () => Promise<void>;
}

/** An `op` whose sink takes its time and writes down what it is given; the table called `broken` fails. */
export function recorder(registry = OperationRegistry.empty): Recorder {
  const applied: Operation[] = [];
  const log: string[] = [];
  const sink: OperationSink<string> = {
    async apply(operation) {
      const name = 'table' in operation ? operation.table : operation.kind;
      log.push(`start ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (name === 'broken') throw new Error('broken');
      applied.push(operation);
      log.push(`end ${name}`);
    },
    async query(sql, params) {
      log.push('query');
      return [{ sql, params }];
    },
    async transaction(work) {
      log.push('begin');
      await work('data');
      log.push('commit');
    },
    async backfill({ table }) {
      log.push(`backfill ${table}`);
    },
    async autocommitBlock(block) {
      log.push('leave transaction');
      await block();
      log.push('enter transaction');
    },
  };
  const context = {
    dialect: 'postgres',
    offline: false,
    connection: 'default',
    xArguments: { a: '1' },
    tag: 't',
    registry,
  } as const;
  return { ...createOperations(sink, context), applied, log };
}
