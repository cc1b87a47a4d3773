import knex from 'knex';

const database = knex({
  client: 'pg',
  connection: process.env.DB_URL,
  migrations: { directory: process.env.HISTORY, loadExtensions: ['.js'] },
});
await database.migrate.latest();
await database.destroy();
