import { MikroOrmModule } from '@mikro-orm/nestjs';
import { MySqlDriver } from '@mikro-orm/mysql';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MigrationModule } from 'nest-migrate';
import { BookController } from './book.controller.js';
import { catalogueEntities } from './catalogue.entities.js';
import { HealthController } from './health.controller.js';
import { reportingEntities } from './reporting.entities.js';

@Module({
  imports: [
    TerminusModule.forRoot({ logger: false }),
    MigrationModule.forRoot({
      orm: MikroOrmModule.forRoot({
        driver: PostgreSqlDriver,
        clientUrl: process.env['CATALOGUE_URL'] ?? 'postgresql://bookshop@127.0.0.1:5432/bookshop',
        entities: catalogueEntities,
      }),
      directory: 'apps/bookshop/migrations/catalogue',
      onBootstrap: 'upgrade',
    }),
    MigrationModule.forRoot({
      contextName: 'reporting',
      orm: MikroOrmModule.forRoot({
        contextName: 'reporting',
        driver: MySqlDriver,
        clientUrl: process.env['REPORTING_URL'] ?? 'mysql://bookshop@127.0.0.1:3306/bookshop',
        entities: reportingEntities,
      }),
      directory: 'apps/bookshop/migrations/reporting',
      onBootstrap: 'upgrade',
    }),
  ],
  controllers: [BookController, HealthController],
})
export class AppModule {}
