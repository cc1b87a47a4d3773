/** Applications in the shapes that people give them, as far as `nest add` looks at them. */

export type Files = Readonly<Record<string, string>>;

/** What a shape is, and the parts of its files that are to be there afterwards. */
export interface Shape {
  readonly title: string;
  readonly files: Files;
  /** Whole files as they become. */
  readonly becomes: Files;
  /** The script `db`, where it is not that of an application that is compiled. */
  readonly script?: string;
  /** The places that are left to a person. */
  readonly byHand?: readonly string[];
}

/** The main file that `nest new` writes. */
export const entry = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;

/** A module of the application with one import. */
export const moduleWith = (
  imported: string,
): string => `import { ${/^\w+/.exec(imported)![0]} } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';

@Module({
  imports: [
    ${imported},
  ],
})
export class AppModule {}
`;

const mainWithLine = `import { NestFactory } from '@nestjs/core';
import { runDbCommand } from 'nest-migrate';
import { AppModule } from './app.module';

async function bootstrap() {
  if (await runDbCommand(AppModule)) return;
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;

const esmMain = entry.replace("'./app.module'", "'./app.module.js'").replace('void bootstrap', 'await bootstrap');
const esmMainWithLine = mainWithLine
  .replace("'./app.module'", "'./app.module.js'")
  .replace('void bootstrap', 'await bootstrap');

const appOf = (imported: string, specifier: string): string => `import { Module } from '@nestjs/common';
import { ${imported} } from '${specifier}';

@Module({ imports: [${imported}] })
export class AppModule {}
`;

export const shapes: readonly Shape[] = [
  {
    title: 'options in the call, in an application of ES modules',
    files: {
      'src/main.ts': esmMain,
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql'; // ours
import { AppController } from './app.controller.js';

@Module({
  imports: [
    MikroOrmModule.forRoot({
      driver: PostgreSqlDriver,
      clientUrl: process.env.DATABASE_URL,
      entities: [],
      // Keep connections alive
      driverOptions: { connection: { keepAlive: true } },
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
`,
      'src/app.controller.ts': 'export class AppController {}\n',
      'mikro-orm.config.ts': `import type { Options } from '@mikro-orm/postgresql';

const config: Options = { dbName: 'shop', entities: ['dist/**/*.entity.js'] };

export default config;
`,
    },
    becomes: {
      'mikro-orm.config.ts': `import type { Options } from '@mikro-orm/postgresql';
import { withMigrationTables } from 'nest-migrate';

const config: Options = { dbName: 'shop', entities: ['dist/**/*.entity.js'] };

export default withMigrationTables(config);
`,
      'src/main.ts': esmMainWithLine,
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql'; // ours
import { MigrationModule } from 'nest-migrate';
import { AppController } from './app.controller.js';

@Module({
  imports: [
    MigrationModule.forRoot({
      orm: MikroOrmModule.forRoot({
        driver: PostgreSqlDriver,
        clientUrl: process.env.DATABASE_URL,
        entities: [],
        // Keep connections alive
        driverOptions: { connection: { keepAlive: true } },
      }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
`,
    },
  },
  {
    title: 'a configuration that the command line of MikroORM reads, imports in one line, migrations of its own',
    files: {
      'src/main.ts': entry,
      'src/mikro-orm.config.ts': `import { defineConfig } from '@mikro-orm/postgresql';

export default defineConfig({
  dbName: 'shop',
  entities: ['dist/**/*.entity.js'],
});
`,
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, OnModuleInit } from '@nestjs/common';
import config from './mikro-orm.config';
import { UserModule } from './user.module';

@Module({
  imports: [MikroOrmModule.forRoot(config), UserModule],
})
export class AppModule implements OnModuleInit {
  onModuleInit(): void {}
}
`,
      'src/user.module.ts': `export class UserModule {}
`,
      'src/migrations/Migration20240101000000.ts': 'export class Migration20240101000000 {}\n',
      'src/migrations/Migration20240201000000.ts': 'export class Migration20240201000000 {}\n',
    },
    becomes: {
      'src/main.ts': mainWithLine,
      'src/mikro-orm.config.ts': `import { defineConfig } from '@mikro-orm/postgresql';
import { withMigrationTables } from 'nest-migrate';

export default withMigrationTables(defineConfig({
  dbName: 'shop',
  entities: ['dist/**/*.entity.js'],
}));
`,
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, OnModuleInit } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import config from './mikro-orm.config';
import { UserModule } from './user.module';

@Module({
  imports: [MigrationModule.forRoot({
    orm: MikroOrmModule.forRoot(config),
    directory: 'database',
  }), UserModule],
})
export class AppModule implements OnModuleInit {
  onModuleInit(): void {}
}
`,
    },
  },
  {
    title: 'a factory, in a module of its own, with tabs, double quotes and no semicolons',
    files: {
      'src/main.ts': `import { NestFactory } from "@nestjs/core"
import { AppModule } from "./modules/app.module"

const bootstrap = async (): Promise<void> => {
	const app = await NestFactory.create(AppModule, { bufferLogs: true })
	await app.listen(3000)
}

void bootstrap()
`,
      'src/modules/app.module.ts': appOf('OrmModule', './orm/orm.module'),
      'src/modules/orm/orm.module.ts': `import { MikroOrmModule, type MikroOrmModuleOptions } from "@mikro-orm/nestjs"
import { Module } from "@nestjs/common"
import { Config } from "./config"

@Module({
	imports: [
		MikroOrmModule.forRootAsync({
			useFactory: (config: Config): MikroOrmModuleOptions => ({
				dbName: config.name,
				discovery: { warnWhenNoEntities: false },
			}),
			inject: [Config],
		}),
		MikroOrmModule.forFeature([]),
	],
	exports: [MikroOrmModule],
})
export class OrmModule {}
`,
      'src/modules/orm/config.ts': "export class Config { name = 'shop' }\n",
    },
    becomes: {
      'src/main.ts': `import { NestFactory } from "@nestjs/core"
import { runDbCommand } from "nest-migrate"
import { AppModule } from "./modules/app.module"

const bootstrap = async (): Promise<void> => {
	if (await runDbCommand(AppModule)) return
	const app = await NestFactory.create(AppModule, { bufferLogs: true })
	await app.listen(3000)
}

void bootstrap()
`,
      'src/modules/orm/orm.module.ts': `import { MikroOrmModule, type MikroOrmModuleOptions } from "@mikro-orm/nestjs"
import { Module } from "@nestjs/common"
import { MigrationModule } from "nest-migrate"
import { Config } from "./config"

@Module({
	imports: [
		MigrationModule.forRoot({
			orm: MikroOrmModule.forRootAsync({
				useFactory: (config: Config): MikroOrmModuleOptions => ({
					dbName: config.name,
					discovery: { warnWhenNoEntities: false },
				}),
				inject: [Config],
			}),
		}),
		MikroOrmModule.forFeature([]),
	],
	exports: [MikroOrmModule],
})
export class OrmModule {}
`,
    },
  },
  {
    title: 'several connections, in a dynamic module',
    files: {
      'src/main.ts': entry,
      'src/app.module.ts': appOf('DatabaseModule', './database.module').replace(
        'imports: [DatabaseModule]',
        'imports: [DatabaseModule.forRoot()]',
      ),
      'src/database.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { defineConfig as postgres } from '@mikro-orm/postgresql';
import { MySqlDriver } from '@mikro-orm/mysql';
import { DynamicModule, Module } from '@nestjs/common';

const REPORTING = 'reporting';

@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MikroOrmModule.forRoot(postgres({ dbName: 'shop', entities: [] })),
        MikroOrmModule.forRootAsync({
          contextName: REPORTING,
          driver: MySqlDriver,
          useFactory: () => ({
            dbName: \`reporting
  of \${REPORTING}\`,
          }),
        }),
      ],
    };
  }
}
`,
    },
    becomes: {
      'src/main.ts': mainWithLine,
      'src/database.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { defineConfig as postgres } from '@mikro-orm/postgresql';
import { MySqlDriver } from '@mikro-orm/mysql';
import { DynamicModule, Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';

const REPORTING = 'reporting';

@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot(postgres({ dbName: 'shop', entities: [] })),
          directory: 'migrations/default',
        }),
        MigrationModule.forRoot({
          contextName: REPORTING,
          orm: MikroOrmModule.forRootAsync({
            contextName: REPORTING,
            driver: MySqlDriver,
            useFactory: () => ({
              dbName: \`reporting
  of \${REPORTING}\`,
            }),
          }),
          directory: 'migrations/reporting',
        }),
      ],
    };
  }
}
`,
    },
  },
  {
    title: 'a constant that the list of imports has, an application without a function, Windows line ends',
    files: {
      'src/main.ts': [
        "import { NestFactory } from '@nestjs/core';",
        "import { AppModule } from './app.module.js';",
        '',
        'const app = await NestFactory.create(AppModule);',
        'await app.listen(3000);',
        '',
      ].join('\r\n'),
      'src/app.module.ts': [
        "import { MikroOrmModule as Orm } from '@mikro-orm/nestjs';",
        "import { Module } from '@nestjs/common';",
        '',
        "const orm = Orm.forRoot({ dbName: 'shop', entities: [] });",
        '',
        '@Module({',
        '  imports: [',
        '    orm,',
        '  ],',
        '})',
        'export class AppModule {}',
        '',
      ].join('\r\n'),
    },
    becomes: {
      'src/main.ts': [
        "import { NestFactory } from '@nestjs/core';",
        "import { runDbCommand } from 'nest-migrate';",
        "import { AppModule } from './app.module.js';",
        '',
        'await runDbCommand(AppModule);',
        '',
        'const app = await NestFactory.create(AppModule);',
        'await app.listen(3000);',
        '',
      ].join('\r\n'),
      'src/app.module.ts': [
        "import { MikroOrmModule as Orm } from '@mikro-orm/nestjs';",
        "import { Module } from '@nestjs/common';",
        "import { MigrationModule } from 'nest-migrate';",
        '',
        "const orm = Orm.forRoot({ dbName: 'shop', entities: [] });",
        '',
        '@Module({',
        '  imports: [',
        '    MigrationModule.forRoot({',
        '      orm,',
        '    }),',
        '  ],',
        '})',
        'export class AppModule {}',
        '',
      ].join('\r\n'),
    },
  },
  {
    title: 'one configuration or the other, a bootstrap that returns the application',
    files: {
      'src/main.ts': `import 'nest-migrate';
import type { MigrationService } from 'nest-migrate';
import { MigrationError } from 'nest-migrate';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

export type Failure = MigrationError | MigrationService;

export async function start(): Promise<INestApplication> {
  return NestFactory.create(AppModule);
}
void start();
`,
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';

@Module({
  imports: [
    process.env.NODE_ENV === 'test' ? MikroOrmModule.forRoot({ dbName: ':memory:' }) : MikroOrmModule.forRoot({ dbName: 'shop' }),
  ],
})
export class AppModule {}
`,
    },
    becomes: {
      'src/main.ts': `import 'nest-migrate';
import type { MigrationService } from 'nest-migrate';
import { MigrationError, runDbCommand } from 'nest-migrate';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

export type Failure = MigrationError | MigrationService;

export async function start(): Promise<INestApplication> {
  await runDbCommand(AppModule);
  return NestFactory.create(AppModule);
}
void start();
`,
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';

@Module({
  imports: [
    MigrationModule.forRoot({
      orm: process.env.NODE_ENV === 'test' ? MikroOrmModule.forRoot({ dbName: ':memory:' }) : MikroOrmModule.forRoot({ dbName: 'shop' }),
    }),
  ],
})
export class AppModule {}
`,
    },
  },
  {
    title: 'a function of another file that returns the module, and a main file that calls another one',
    files: {
      'src/main.ts': `import { start } from './start';

void start();
`,
      'src/start.ts': entry
        .replace('async function bootstrap()', 'export async function start()')
        .replace('void bootstrap();\n', ''),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { database } from './database';

@Module({ imports: [database()] })
export class AppModule {}
`,
      'src/database.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type DynamicModule } from '@nestjs/common';

export function database(): DynamicModule | Promise<DynamicModule> {
  return MikroOrmModule.forRoot({ dbName: 'shop', entities: [] });
}
`,
    },
    becomes: {
      'src/start.ts': mainWithLine
        .replace('async function bootstrap()', 'export async function start()')
        .replace('void bootstrap();\n', ''),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import { database } from './database';

@Module({ imports: [MigrationModule.forRoot({ orm: database() })] })
export class AppModule {}
`,
    },
  },
  {
    title: 'a constant that an index exports, an application without a server',
    files: {
      'src/main.ts': entry
        .replace('NestFactory.create(', 'NestFactory.createApplicationContext(')
        .replace('app.listen(process.env.PORT ?? 3000)', 'app.close()'),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { orm as database } from './database';

@Module({
  imports: [
    database,
  ],
})
export class AppModule {
  // another thing of that name
  constructor(private readonly orm: object) {}

  get database(): object {
    return this.orm;
  }
}
`,
      'src/database/index.ts': "export * from './orm';\n",
      'src/database/orm.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';

const made = MikroOrmModule.forRootAsync({ useFactory: () => ({ dbName: 'shop', entities: [] }) });

export { made as orm };
`,
    },
    becomes: {
      'src/main.ts': mainWithLine
        .replace('NestFactory.create(', 'NestFactory.createApplicationContext(')
        .replace('app.listen(process.env.PORT ?? 3000)', 'app.close()'),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import { orm as database } from './database';

@Module({
  imports: [
    MigrationModule.forRoot({
      orm: database,
    }),
  ],
})
export class AppModule {
  // another thing of that name
  constructor(private readonly orm: object) {}

  get database(): object {
    return this.orm;
  }
}
`,
    },
  },
  {
    title: 'methods of a module and a default export that return connections, with other options for the application',
    files: {
      'src/main.ts': entry
        .replace('create(AppModule)', 'create<INestApplication>(AppModule, { bufferLogs: true })')
        .replace(
          'import { NestFactory',
          "import { type INestApplication } from '@nestjs/common';\nimport { NestFactory",
        ),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import archive from './archive';
import { DatabaseModule } from './database.module';

@Module({
  imports: [DatabaseModule, DatabaseModule.shop('shop'), archive()],
})
export class AppModule {}
`,
      'src/database.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';

@Module({})
export class DatabaseModule {
  static shop(dbName: string) {
    if (process.env.NODE_ENV === 'development') return MikroOrmModule.forRoot({ dbName, debug: true });
    const orm = MikroOrmModule.forRoot({ dbName });
    return orm;
  }
}
`,
      'src/archive.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';

const NAME = "archive";

export default async () => {
  const dbName = await Promise.resolve('archive');
  return MikroOrmModule.forRoot({ contextName: NAME, dbName });
};
`,
    },
    becomes: {
      'src/main.ts': mainWithLine
        .replace('create(AppModule)', 'create<INestApplication>(AppModule, { bufferLogs: true })')
        .replace(
          'import { NestFactory',
          "import { type INestApplication } from '@nestjs/common';\nimport { NestFactory",
        ),
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import archive from './archive';
import { DatabaseModule } from './database.module';

@Module({
  imports: [DatabaseModule, MigrationModule.forRoot({
    orm: DatabaseModule.shop('shop'),
    directory: 'migrations/default',
  }), MigrationModule.forRoot({
    contextName: 'archive',
    orm: archive(),
    directory: 'migrations/archive',
  })],
})
export class AppModule {}
`,
    },
  },
  {
    title: 'lists that are returned and added to',
    files: {
      'src/main.ts': entry,
      'src/app.module.ts': `import { Module } from '@nestjs/common';
import { databases } from './databases';

@Module({ imports: [...databases()] })
export class AppModule {}
`,
      'src/databases.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type ModuleMetadata } from '@nestjs/common';

export function databases(): NonNullable<ModuleMetadata['imports']> {
  const modules: NonNullable<ModuleMetadata['imports']> = [];
  modules.push(MikroOrmModule.forRoot({ contextName: 'a', dbName: 'a' }));
  return [...modules, MikroOrmModule.forRoot({ contextName: 'b', dbName: 'b' })];
}
`,
    },
    becomes: {
      'src/main.ts': mainWithLine,
      'src/databases.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type ModuleMetadata } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';

export function databases(): NonNullable<ModuleMetadata['imports']> {
  const modules: NonNullable<ModuleMetadata['imports']> = [];
  modules.push(MigrationModule.forRoot({
    contextName: 'a',
    orm: MikroOrmModule.forRoot({ contextName: 'a', dbName: 'a' }),
    directory: 'migrations/a',
  }));
  return [...modules, MigrationModule.forRoot({
    contextName: 'b',
    orm: MikroOrmModule.forRoot({ contextName: 'b', dbName: 'b' }),
    directory: 'migrations/b',
  })];
}
`,
    },
  },
  {
    title: 'modules whose place the syntax does not tell',
    files: {
      'src/main.ts': entry,
      'src/app.module.ts': `import { type DynamicModule, Module } from '@nestjs/common';
import { connection, maybe, twice } from './database';
import { JobsModule } from './jobs.module';

const known = { connection };

@Module({
  imports: [JobsModule, twice(), ...maybe() ? [maybe() as DynamicModule] : [], known.connection],
})
export class AppModule {}
`,
      'src/jobs.module.ts': appOf('twice', './database')
        .replace('[twice]', '[twice()]')
        .replace('AppModule', 'JobsModule'),
      'src/database.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';

export const twice = () => MikroOrmModule.forRoot({ dbName: 'shop' });

export function maybe() {
  if (process.env.ARCHIVE === undefined) return undefined;
  return MikroOrmModule.forRoot({ contextName: 'archive', dbName: 'archive' });
}

export const connection = MikroOrmModule.forRoot({ contextName: 'logs', dbName: 'logs' });
`,
    },
    becomes: { 'src/main.ts': mainWithLine },
    byHand: ['src/database.ts:3', 'src/database.ts:7', 'src/database.ts:10'],
  },
  {
    title: 'JavaScript in ES modules',
    files: {
      'src/main.js': esmMain,
      'src/app.module.js': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';

@Module({
  imports: [MikroOrmModule.forRoot()],
})
export class AppModule {}
`,
    },
    becomes: {
      'src/main.js': esmMainWithLine,
      'src/app.module.js': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';

@Module({
  imports: [MigrationModule.forRoot({ orm: MikroOrmModule.forRoot() })],
})
export class AppModule {}
`,
    },
    script: 'node src/main.js db',
  },
  {
    title: 'JavaScript with require',
    files: {
      'src/main.js': `const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('./app.module');

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}

bootstrap();
`,
      'src/app.module.js': `"use strict"
const { Module } = require("@nestjs/common")
const { MikroOrmModule: Orm } = require("@mikro-orm/nestjs")
const config = require("./config")

class AppModule {}
Module({
  imports: [
    Orm.forRoot(config),
  ],
})(AppModule)

module.exports = { AppModule }
`,
      'src/config.js': "module.exports = { dbName: 'shop' };\n",
    },
    becomes: {
      'src/main.js': `const { NestFactory } = require('@nestjs/core');
const { runDbCommand } = require('nest-migrate');
const { AppModule } = require('./app.module');

async function bootstrap() {
  if (await runDbCommand(AppModule)) return;
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}

bootstrap();
`,
      'src/app.module.js': `"use strict"
const { Module } = require("@nestjs/common")
const { MikroOrmModule: Orm } = require("@mikro-orm/nestjs")
const { MigrationModule } = require("nest-migrate")
const config = require("./config")

class AppModule {}
Module({
  imports: [
    MigrationModule.forRoot({
      orm: Orm.forRoot(config),
    }),
  ],
})(AppModule)

module.exports = { AppModule }
`,
    },
    script: 'node src/main.js db',
  },
  {
    title: 'connections of which only running the application tells the names',
    files: {
      'src/main.ts': entry.replace('NestFactory.create(AppModule)', 'NestFactory.create(AppModule.register())'),
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type DynamicModule, Module } from '@nestjs/common';
import { billing, shop } from './connections';

@Module({})
export class AppModule {
  static register(): DynamicModule {
    return {
      module: AppModule,
      imports: [MikroOrmModule.forRoot(shop), MikroOrmModule.forRoot({ ...billing })],
    };
  }
}
`,
      'src/connections.ts': `export const shop = { dbName: 'shop' };
export const billing = { dbName: 'billing', contextName: 'billing' };
`,
    },
    becomes: {},
    byHand: ['src/app.module.ts:10', 'src/app.module.ts:10', 'src/main.ts:5'],
  },
  {
    title: 'a list of options, a module for tests and a MigrationModule without an ORM',
    files: {
      'src/main.ts': entry,
      'src/app.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MigrationModule } from 'nest-migrate';

export const forTests = () => Test.createTestingModule({ imports: [MikroOrmModule.forRoot({ dbName: ':memory:' })] });

@Module({
  imports: [
    MikroOrmModule.forRoot({ dbName: 'shop' }),
    MigrationModule.forRoot({ onBootstrap: 'upgrade' }),
    ...MikroOrmModule.forRoot([{ contextName: 'a', dbName: 'a' }, { contextName: 'b', dbName: 'b' }]),
  ],
})
export class AppModule {}
`,
    },
    becomes: { 'src/main.ts': mainWithLine },
    byHand: ['src/app.module.ts:12', 'src/app.module.ts:10'],
  },
];
