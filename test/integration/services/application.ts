/** An application whose revisions use a service that injects the EntityManager, on one database. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, EntityManager, MikroORM, p } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type SqlEntityManager } from '@mikro-orm/sql';
import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
  Scope,
} from '@nestjs/common';
import { executeDbCommand, MigrationModule, type MigrationModuleOptions } from 'nest-migrate';
import { type TestDatabase } from '../../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { revision, type RevisionFile } from '../../support/revision-file.ts';

export const Note = defineEntity({
  name: 'Note',
  properties: { id: p.integer().primary(), text: p.string().length(100) },
});

/** Made once for the application, with the EntityManager that every service injects. */
@Injectable()
export class NoteService implements OnModuleInit, OnModuleDestroy {
  static hooks: string[] = [];

  constructor(@Inject(EntityManager) private readonly em: EntityManager) {}

  onModuleInit(): void {
    NoteService.hooks.push('init');
  }

  onModuleDestroy(): void {
    NoteService.hooks.push('destroy');
  }

  /** Leaves the flush to the transaction that it joins. */
  write(text: string): void {
    this.em.persist(this.em.create(Note, { text }));
  }

  async writeTransactional(text: string): Promise<void> {
    await this.em.transactional(async (em) => void em.create(Note, { text }));
  }

  /** A transaction inside the transaction, taken back. */
  async writeAndChangeMind(text: string): Promise<void> {
    await this.em
      .transactional(async (em) => {
        await em.insert(Note, { text });
        throw new Error('changed my mind');
      })
      .catch(() => undefined);
  }

  async texts(): Promise<readonly string[]> {
    return (await this.em.find(Note, {}, { orderBy: { id: 'asc' } })).map(({ text }) => text);
  }
}

/** Made for whoever asks. */
@Injectable({ scope: Scope.REQUEST })
export class RequestService {
  static made = 0;

  constructor(@Inject(NoteService) readonly notes: NoteService) {
    RequestService.made += 1;
  }
}

export interface ApplicationOptions {
  readonly migrations?: MigrationModuleOptions;
  /** False: MikroORM is imported beside the migration module. */
  readonly gated?: boolean;
  /** A provider factory reads a table while it is made. */
  readonly eager?: boolean;
  /** Called while the providers are made, once the ORM is there. */
  readonly building?: () => Promise<void>;
}

/** What revisions of these tests may name. */
export const services = { notes: NoteService, perRequest: RequestService, plain: 'PLAIN', absent: 'ABSENT' };

export interface Project {
  readonly folder: TemporaryFolder;
  application(options?: ApplicationOptions): DynamicModule;
  /** Writes revisions in a line: each follows the one before. */
  revisions(bodies: Readonly<Record<string, Pick<RevisionFile, 'services' | 'upgrade'>>>): Promise<void>;
  db(argv: readonly string[], options?: ApplicationOptions): Promise<{ code: number; stdout: string; stderr: string }>;
}

export async function project(database: TestDatabase): Promise<Project> {
  const folder = await temporaryFolder('services', {
    files: { 'migrations/package.json': '{ "type": "module" }\n' },
  });
  const versions = join(folder.path, 'migrations', 'versions');
  await mkdir(versions);

  const application: Project['application'] = ({ migrations, gated = true, eager = false, building } = {}) => {
    const orm = MikroOrmModule.forRoot({ ...database.options, entities: [Note] });
    const options = { services, directory: join(folder.path, 'migrations'), ...migrations };
    @Module({
      providers: [NoteService, RequestService, { provide: 'PLAIN', useValue: { word: 'plain' } }],
    })
    class NoteModule {}
    @Module({
      providers: [
        {
          provide: 'EAGER',
          inject: [MikroORM],
          useFactory: async (given: MikroORM) => {
            await building?.();
            if (eager) await (given.em.fork() as SqlEntityManager).execute('select count(*) from note');
          },
        },
      ],
    })
    class EagerModule {}
    @Module({})
    class AppModule {}
    return {
      module: AppModule,
      imports: [
        NoteModule,
        ...(gated ? [MigrationModule.forRoot({ orm, ...options })] : [orm, MigrationModule.forRoot(options)]),
        EagerModule,
      ],
    };
  };
  return {
    folder,
    application,
    async revisions(bodies) {
      let down: string | null = null;
      for (const [id, body] of Object.entries(bodies)) {
        await writeFile(join(versions, `${id}.ts`), revision({ id, down, message: '', ...body }));
        down = id;
      }
    },
    async db(argv, options) {
      const written = { stdout: '', stderr: '' };
      const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[name] += text) });
      const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
      const code = await executeDbCommand(application(options), argv, streams);
      return { code, ...written };
    },
  };
}
