/** The least that any tool sends: a message for each revision, which creates its table, notes it and commits, by the driver alone. */
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DB_URL });
await client.connect();
await client.query('create table applied (revision varchar(255) primary key)');
for (let index = 1; index <= Number(process.env.REVISIONS); index += 1) {
  const create = `create table "table_${index}" ("id" serial primary key, "name" varchar(255) not null)`;
  await client.query(`begin; ${create}; insert into applied values ('${index}'); commit`);
}
await client.end();
