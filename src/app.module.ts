import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PgliteDriver } from '@mikro-orm/pglite';
import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import { BookController } from './book.controller.js';
import { Book } from './book.entity.js';

@Module({
  imports: [
    MigrationModule.forRoot({
      // PGlite is PostgreSQL inside this process, its data in a folder: the quickstart needs no server
      orm: MikroOrmModule.forRoot({
        driver: PgliteDriver,
        dbName: process.env['DATABASE_FOLDER'] ?? '.data/quickstart',
        entities: [Book],
        metadataProvider: ReflectMetadataProvider,
      }),
      directory: process.env['MIGRATIONS_DIRECTORY'] ?? 'migrations',
    }),
  ],
  controllers: [BookController],
})
export class AppModule {}
