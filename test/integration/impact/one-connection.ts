import { MikroORM } from '@mikro-orm/sql';
import { type TestDatabase } from '../../support/databases.ts';

/** An ORM whose statements are those of one session of the server. */
export async function oneConnectionTo({ options }: Pick<TestDatabase, 'options'>): Promise<MikroORM> {
  return (await MikroORM.init({
    ...options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 1 },
  })) as MikroORM;
}
