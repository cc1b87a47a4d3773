import { DataSource } from 'typeorm';

const source = new DataSource({
  type: 'postgres',
  url: process.env.DB_URL,
  migrations: [`${process.env.HISTORY}/*.js`],
  migrationsTransactionMode: 'each',
});
await source.initialize();
await source.runMigrations();
await source.destroy();
