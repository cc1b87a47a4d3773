/** A small application in this process: one database, one script directory, the real module. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroORM, type Options } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type MigrationModuleOptions, MigrationModule, MigrationService } from 'nest-migrate';
import { createDatabase, type Engine, type TestDatabase } from './databases.ts';
import { temporaryFolder, type TemporaryFolder } from './projects.ts';
import { revision, type RevisionCode, type RevisionFile } from './revision-file.ts';

/** A revision and its place. As text: what no function could say, such as a syntax error. */
export interface ScenarioRevision extends Omit<RevisionFile, 'id' | 'upgrade' | 'downgrade'> {
  readonly upgrade?: RevisionCode | string;
  readonly downgrade?: RevisionCode | string | null;
}

/** Revisions by id: each follows the one before, unless it says otherwise. What `upgrade` does alone, or more. */
export type Revisions = Readonly<Record<string, RevisionCode | string | ScenarioRevision>>;

export interface ScenarioOptions {
  readonly entities?: Options['entities'];
  readonly revisions?: Revisions;
  readonly module?: MigrationModuleOptions;
  readonly poolMax?: number;
  /** Another scenario's database, which stays when this one ends. */
  readonly database?: TestDatabase;
}

export interface Scenario {
  readonly database: TestDatabase;
  readonly folder: TemporaryFolder;
  readonly app: INestApplicationContext;
  readonly orm: MikroORM;
  readonly migrations: MigrationService;
  /** Adds a revision's file. */
  addRevision(
    id: string,
    down: string | null,
    upgrade: RevisionCode | string,
    downgrade?: RevisionCode | string,
  ): Promise<void>;
  end(): Promise<void>;
}

function source(id: string, { upgrade, downgrade, ...rest }: ScenarioRevision): string {
  return revision({ id, ...rest, upgrade: codeOf(upgrade), downgrade: codeOf(downgrade) });
}

/** The body of a function as a function. */
function codeOf<C extends RevisionCode | null | undefined>(code: C | string): C | RevisionCode {
  return typeof code === 'string' ? { call: `(async () => {\n${code}\n})()` } : code;
}

export async function scenario(engine: Engine, options: ScenarioOptions = {}): Promise<Scenario> {
  const database = options.database ?? (await createDatabase(engine));
  const folder = await temporaryFolder('scenario');
  const versions = join(folder.path, 'migrations', 'versions');
  await mkdir(versions, { recursive: true });
  await writeFile(join(folder.path, 'migrations', 'package.json'), '{ "type": "module" }\n');
  const addRevision: Scenario['addRevision'] = (id, down, upgrade, downgrade) =>
    writeFile(join(versions, `${id}.ts`), source(id, { down, upgrade, downgrade }));
  let down: string | null = null;
  for (const [id, body] of Object.entries(options.revisions ?? {})) {
    const place = typeof body === 'string' || typeof body === 'function' || 'call' in body ? { upgrade: body } : body;
    await writeFile(join(versions, `${id}.ts`), source(id, { down, ...place }));
    down = id;
  }
  const module = await Test.createTestingModule({
    imports: [
      MigrationModule.forRoot({
        orm: MikroOrmModule.forRoot({
          ...database.options,
          entities: options.entities ?? [],
          discovery: { warnWhenNoEntities: false },
          ...(options.poolMax === undefined ? {} : { pool: { max: options.poolMax } }),
        }),
        directory: join(folder.path, 'migrations'),
        ...options.module,
      }),
    ],
  }).compile();
  const app = await module.init();
  return {
    database,
    folder,
    app,
    orm: app.get(MikroORM),
    migrations: app.get(MigrationService),
    addRevision,
    async end() {
      await app.close();
      if (options.database === undefined) await database.drop();
      await folder.remove();
    },
  };
}
