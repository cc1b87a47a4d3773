/**
 * Rehearses, or proves squashes, without an end, on several engines at once, until it is killed. What to rehearse is read from the environment.
 * Says `begun` on a line of its own when the first rehearsal is done, after which it is always in the middle of some.
 */
import { MikroORM } from '@mikro-orm/core';
import { rehearse } from '../../libs/nest-migrate/src/commands/rehearse.ts';
import { squash } from '../../libs/nest-migrate/src/commands/squash.ts';
import { type DatabaseOptions } from './databases.ts';
import { contextOf } from './rehearsals.ts';
import { drivers } from './servers/query.ts';
import { type Engine } from './engines.ts';

export interface Rehearsing {
  readonly engine: Engine;
  readonly options: Omit<DatabaseOptions, 'driver'>;
  /** The folder in which `migrations` is. */
  readonly path: string;
  readonly scratch: string | undefined;
  /** What to squash. Default: it only rehearses. */
  readonly range?: string;
}

const all = JSON.parse(process.env['REHEARSING'] ?? '[]') as readonly Rehearsing[];
await Promise.all(
  all.map(async ({ engine, options, path, scratch, range }) => {
    const orm = await MikroORM.init({
      ...options,
      driver: await drivers[engine](),
      entities: [],
      discovery: { warnWhenNoEntities: false },
    });
    const context = contextOf({ orm, folder: { path } }, { scratch });
    for (;;) {
      if (range === undefined) await rehearse(context, { at: ['cccc'] }, async () => undefined);
      else await squash(context, { range, dryRun: true });
      console.log('begun');
    }
  }),
);
