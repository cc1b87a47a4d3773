/**
 * A workspace of pnpm in its strictest form, where a package loads what it declares and nothing else: an application of
 * Nest, and its entities in a package beside it.
 */
import { bookController, bookEntity, ormImports, ormModule } from './shop.ts';
import { MIKRO_ORM, tarball } from './adopted-application.ts';

const entities = '@shop/entities';
const shop = { driver: 'pglite' } as const;

const typescript = {
  compilerOptions: {
    module: 'nodenext',
    target: 'ES2023',
    declaration: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    strict: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
    types: ['node'],
  },
  include: ['src'],
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export function pnpmWorkspace(): Readonly<Record<string, string>> {
  return {
    'package.json': json({ name: 'workspace', private: true }),
    'pnpm-workspace.yaml': `packages:
  - apps/*
  - packages/*
strictPeerDependencies: true
autoInstallPeers: false
# Nest 11's platform-express loads it and does not declare it
hoistPattern:
  - rxjs
`,
    'packages/entities/package.json': json({
      name: entities,
      version: '1.0.0',
      private: true,
      type: 'module',
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
      scripts: { build: 'tsc' },
      dependencies: { '@mikro-orm/core': MIKRO_ORM, '@mikro-orm/decorators': MIKRO_ORM },
      devDependencies: { '@types/node': '^24.0.0', 'reflect-metadata': '^0.2.2', typescript: '~5.9.3' },
    }),
    'packages/entities/tsconfig.json': json(typescript),
    'packages/entities/src/index.ts': "export * from './book.entity.js';\n",
    'packages/entities/src/book.entity.ts': bookEntity,
    'apps/api/package.json': json({
      name: 'api',
      version: '1.0.0',
      private: true,
      type: 'module',
      scripts: { build: 'nest build', 'start:prod': 'node dist/main' },
      dependencies: {
        '@mikro-orm/core': MIKRO_ORM,
        '@mikro-orm/decorators': MIKRO_ORM,
        '@mikro-orm/nestjs': '7.1.0',
        '@mikro-orm/pglite': MIKRO_ORM,
        '@mikro-orm/sql': MIKRO_ORM,
        '@nestjs/common': '^11.1.21',
        '@nestjs/core': '^11.1.21',
        '@nestjs/platform-express': '^11.1.21',
        [entities]: 'workspace:*',
        'nest-migrate': `file:${tarball()}`,
        'reflect-metadata': '^0.2.2',
        rxjs: '^7.8.1',
      },
      devDependencies: { '@nestjs/cli': '^11.0.2', '@types/node': '^24.0.0', typescript: '~5.9.3' },
    }),
    'apps/api/nest-cli.json': json({ collection: '@nestjs/schematics', sourceRoot: 'src' }),
    'apps/api/tsconfig.json': json(typescript),
    'apps/api/src/main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env['PORT'] ?? 3000);
}
await bootstrap();
`,
    // a function of another file has the connection
    'apps/api/src/database.ts': `${ormImports(shop, entities)}
export function database() {
  return ${ormModule(shop)};
}
`,
    'apps/api/src/app.module.ts': `import { Module } from '@nestjs/common';
import { BookController } from './book.controller.js';
import { database } from './database.js';

@Module({
  imports: [database()],
  controllers: [BookController],
})
export class AppModule {}
`,
    'apps/api/src/book.controller.ts': bookController(entities),
  };
}
