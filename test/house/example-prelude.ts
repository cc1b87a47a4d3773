/**
 * What the examples of the library's TSDoc name beside what the package exports: the parts of an application as its
 * guides show it, and for the examples of what is not public, a graph. Anything else, an example imports.
 */
import { type Options } from '@mikro-orm/postgresql';
import { type INestApplicationContext } from '@nestjs/common';
import {
  type MigrationHealthIndicator,
  type MigrationService,
  type OperationDefinition,
  type Operations,
} from 'nest-migrate';
import { type RevisionGraph } from '../../libs/nest-migrate/src/revision/revision-graph.ts';

export { SqlReader } from '../../libs/nest-migrate/src/engines/sql/sql-reader.ts';
export { postgresLexicalRules } from '../../libs/nest-migrate/src/engines/postgres/lexical-rules.ts';
export { HEADS } from '../../libs/nest-migrate/src/revision/symbol.ts';
export { readTarget, targetFor } from '../../libs/nest-migrate/src/revision/target.ts';

/** In a revision. */
export declare const op: Operations;

/** Injected, or got from the application. */
export declare const app: INestApplicationContext;
export declare const migrations: MigrationService;
export declare const stock: MigrationService;
export declare const health: MigrationHealthIndicator;

/** Of the application. */
export declare class AppModule {}
export declare function secondsBehind(): Promise<number>;
export declare class Book {
  title: string;
  slug: string;
}
export declare class SlugService {}
export declare const addTimestamps: OperationDefinition<'addTimestamps'>;
export declare const config: Partial<Options>;

/** As @nestjs/config has it. */
export declare class ConfigService {
  get<T>(name: string): T;
}

/** Of a test runner. */
export declare function beforeAll(prepare: () => Promise<void>): void;
export declare function afterAll(cleanUp: () => Promise<void>): void;

/** Of revisions. */
export declare const graph: RevisionGraph;
