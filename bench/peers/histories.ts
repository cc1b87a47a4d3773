/** The same history for each tool: every revision creates one table with two columns, in the way of the tool. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A text for each file, by its path in the folder of the history. */
type Files = (count: number) => Iterable<readonly [path: string, text: string]>;

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const padded = (index: number): string => String(index).padStart(5, '0');
const idOf = (index: number): string => index.toString(16).padStart(12, '0');

/** A file a revision. */
const perRevision =
  (file: (index: number) => readonly [path: string, text: string]): Files =>
  (count) =>
    numbers(count).map(file);

const sqlOf = (index: number): string =>
  `create table "table_${index}" ("id" serial primary key, "name" varchar(255) not null)`;

const own = (typed: boolean): Files =>
  perRevision((index) => [
    `versions/${idOf(index)}_create_table_${index}.${typed ? 'ts' : 'js'}`,
    `/**
 * create table ${index}
 *
 * Revision ID: ${idOf(index)}
 */
${typed ? "import type { Operations } from 'nest-migrate';\n\n" : ''}export const revision = '${idOf(index)}';
export const downRevision = ${index === 1 ? 'null' : `'${idOf(index - 1)}'`};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'create table ${index}';
export const createDate = '2026-11-30T10:00:00+00:00';

export async function upgrade(op${typed ? ': Operations): Promise<void>' : ')'} {
  await op.createTable('table_${index}', {
    columns: {
      id: { type: 'integer', primary: true, autoincrement: true },
      name: { type: 'string', length: 255 },
    },
  });
}

export async function downgrade(op${typed ? ': Operations): Promise<void>' : ')'} {
  await op.dropTable('table_${index}');
}
`,
  ]);

const alembic: Files = function* (count) {
  yield ['alembic.ini', '[alembic]\nscript_location = %(here)s\n'];
  yield [
    'env.py',
    `import os

from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ['DB_URL'].replace('postgresql:', 'postgresql+psycopg2:')).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`,
  ];
  for (const index of numbers(count)) {
    yield [
      `versions/${idOf(index)}_create_table_${index}.py`,
      `"""create table ${index}

Revision ID: ${idOf(index)}
Create Date: 2026-11-30 10:00:00
"""
from alembic import op
import sqlalchemy as sa

revision = '${idOf(index)}'
down_revision = ${index === 1 ? 'None' : `'${idOf(index - 1)}'`}
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'table_${index}',
        sa.Column('id', sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column('name', sa.String(255), nullable=False),
    )


def downgrade():
    op.drop_table('table_${index}')
`,
    ];
  }
};

const mikroOrm = perRevision((index) => [
  `Migration${padded(index)}.js`,
  `import { Migration } from '@mikro-orm/migrations';

export class Migration${padded(index)} extends Migration {
  up() {
    this.addSql(\`${sqlOf(index)};\`);
  }

  down() {
    this.addSql(\`drop table "table_${index}";\`);
  }
}
`,
]);

const knex = perRevision((index) => [
  `${padded(index)}_create_table_${index}.js`,
  `export async function up(knex) {
  await knex.schema.createTable('table_${index}', (table) => {
    table.increments('id');
    table.string('name', 255).notNullable();
  });
}

export async function down(knex) {
  await knex.schema.dropTable('table_${index}');
}
`,
]);

/** Knex gives each migration a transaction of its own where one of them asks for none. */
const knexEach: Files = function* (count) {
  yield [
    '00000_without.js',
    'export const config = { transaction: false };\n\nexport async function up() {}\n\nexport async function down() {}\n',
  ];
  yield* knex(count);
};

const typeorm = perRevision((index) => {
  // TypeORM wants a date of thirteen digits at the end of the name
  const name = `CreateTable${index}${1_700_000_000_000 + index}`;
  return [
    `${1_700_000_000_000 + index}-CreateTable${index}.js`,
    `export class ${name} {
  name = '${name}';

  async up(queryRunner) {
    await queryRunner.query(\`${sqlOf(index)}\`);
  }

  async down(queryRunner) {
    await queryRunner.query(\`drop table "table_${index}"\`);
  }
}
`,
  ];
});

const kysely = perRevision((index) => [
  `${padded(index)}_create_table_${index}.js`,
  `export async function up(db) {
  await db.schema
    .createTable('table_${index}')
    .addColumn('id', 'serial', (column) => column.primaryKey())
    .addColumn('name', 'varchar(255)', (column) => column.notNull())
    .execute();
}

export async function down(db) {
  await db.schema.dropTable('table_${index}').execute();
}
`,
]);

const drizzle: Files = function* (count) {
  const entries = numbers(count).map((index) => ({
    idx: index - 1,
    version: '7',
    when: 1_700_000_000_000 + index,
    tag: `${padded(index - 1)}_create_table_${index}`,
    breakpoints: true,
  }));
  yield ['meta/_journal.json', JSON.stringify({ version: '7', dialect: 'postgresql', entries })];
  for (const { tag, idx } of entries) yield [`${tag}.sql`, `${sqlOf(idx + 1)};\n`];
};

export const histories = {
  javaScript: own(false),
  typeScript: own(true),
  alembic,
  mikroOrm,
  knex,
  knexEach,
  typeorm,
  kysely,
  drizzle,
} as const satisfies Record<string, Files>;

/** Writes a history into a folder, as ES modules. */
export function writeHistory(folder: string, name: keyof typeof histories, count: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const [path, text] of histories[name](count)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
