/** What is written into every generated application: an entity, a controller over it, and the module's imports. */
import { type AdoptedApplication } from './adopted-application.ts';

export interface Shop {
  /** The folder of the sources, from the application's. */
  readonly source: string;
  /** What relative imports end in: `.js` in an ES module. */
  readonly extension: '' | '.js';
  readonly driver: 'postgresql' | 'pglite';
  /** Where the entity is imported from, when it is in a library of its own. */
  readonly library?: string;
}

const drivers = {
  postgresql: {
    name: 'PostgreSqlDriver',
    options: `
      host: process.env['DB_HOST'],
      port: Number(process.env['DB_PORT']),
      user: process.env['DB_USER'],
      password: process.env['DB_PASSWORD'],`,
  },
  pglite: { name: 'PgliteDriver', options: '' },
} as const;

/** Declared with decorators, as MikroORM's documentation for Nest does. */
export const bookEntity = `import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

@Entity()
export class Book {
  @PrimaryKey()
  id!: number;

  @Property({ length: 200 })
  title!: string;
}
`;

/** The change that the second revision is about. */
export const addIsbn = [
  'title!: string;\n',
  'title!: string;\n\n  @Property({ length: 13, nullable: true })\n  isbn?: string;\n',
] as const;

export function bookController(entity: string): string {
  return `import { EntityManager } from '@mikro-orm/core';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { Book } from '${entity}';

@Controller('books')
export class BookController {
  constructor(private readonly em: EntityManager) {}

  @Get()
  async list(): Promise<Book[]> {
    return this.em.find(Book, {});
  }

  @Post()
  async create(@Body() book: Book): Promise<Book> {
    const created = this.em.create(Book, book);
    await this.em.flush();
    return created;
  }
}
`;
}

/** MikroORM's module, as an expression. */
export function ormModule({ driver }: Pick<Shop, 'driver'>): string {
  const { name, options } = drivers[driver];
  return `MikroOrmModule.forRoot({
      driver: ${name},
      dbName: process.env['DB_NAME'],${options}
      entities: [Book],
      metadataProvider: ReflectMetadataProvider,
    })`;
}

export function ormImports({ driver }: Pick<Shop, 'driver'>, entity: string): string {
  return `import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { ${drivers[driver].name} } from '@mikro-orm/${driver}';
import { Book } from '${entity}';
`;
}

/** Makes a generated application one with a database, as MikroORM's documentation does. `nest add` does the rest. */
export async function addShop(application: AdoptedApplication, shop: Shop): Promise<void> {
  const { source, extension } = shop;
  const entity = shop.library ?? `./book.entity${extension}`;
  if (shop.library === undefined) await application.write(`${source}/book.entity.ts`, bookEntity);
  await application.write(`${source}/book.controller.ts`, bookController(entity));
  await application.edit(
    `${source}/app.module.ts`,
    [
      "import { Module } from '@nestjs/common';\n",
      `${ormImports(shop, entity)}import { Module } from '@nestjs/common';
import { BookController } from './book.controller${extension}';
`,
    ],
    ['imports: []', `imports: [\n    ${ormModule(shop)},\n  ]`],
    ['controllers: [AppController', 'controllers: [AppController, BookController'],
  );
}

/** For {@link addShop}'s module. */
export async function upgradeShopOnBoot(application: AdoptedApplication, source: string): Promise<void> {
  await application.edit(`${source}/app.module.ts`, [
    'MigrationModule.forRoot({',
    "MigrationModule.forRoot({\n      onBootstrap: 'upgrade',",
  ]);
}

/** The line in main.ts. */
export async function addLine(application: AdoptedApplication, file: string, module: string): Promise<void> {
  await application.edit(
    file,
    [
      "import { NestFactory } from '@nestjs/core';\n",
      "import { NestFactory } from '@nestjs/core';\nimport { runDbCommand } from 'nest-migrate';\n",
    ],
    ['bootstrap() {\n', `bootstrap() {\n  if (await runDbCommand(${module})) return;\n`],
  );
}

/** A book goes in and comes out with the column that the boot has added. */
export async function sellBook(application: AdoptedApplication): Promise<void> {
  const [, list = ''] = await application.answers([
    { path: '/books', body: { title: 'A Room of Birds', isbn: '9780000000002' } },
    { path: '/books' },
  ]);
  if (!list.includes('9780000000002')) throw new Error(`GET /books answers ${list}`);
}
