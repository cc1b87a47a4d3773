import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';

const orm = await MikroORM.init({
  clientUrl: process.env.DB_URL,
  entities: [],
  discovery: { warnWhenNoEntities: false },
  extensions: [Migrator],
  migrations: {
    path: process.env.HISTORY,
    glob: '*.js',
    transactional: true,
    allOrNothing: false,
    snapshot: false,
    silent: true,
  },
});
await orm.migrator.up();
await orm.close(true);
