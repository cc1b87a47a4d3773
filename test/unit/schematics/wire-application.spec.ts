import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { nestProject, type ProjectChoice } from '../../../libs/nest-migrate/src/schematics/nest-project.js';
import { type Wiring, wireApplication } from '../../../libs/nest-migrate/src/schematics/wire-application.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { entry, type Files, moduleWith, shapes } from './applications.ts';

let folder: TemporaryFolder;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder('add', { on: 'memory' });
});
afterAll(() => folder.remove());

interface Options extends ProjectChoice {
  readonly directory?: string;
  readonly onBootstrap?: string;
}

const packageJson = `{
  "name": "shop",
  "scripts": {
    "build": "nest build",
    "start:prod": "node dist/main"
  }
}
`;

/** That of an application that is not compiled. */
const ofScripts = packageJson.replace(/"build".*\n.*/, '"start": "node src/main.js"');

async function write(root: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function application(files: Files): Promise<string> {
  count += 1;
  const root = join(folder.path, `application-${count}`);
  await write(root, { 'package.json': packageJson, ...files });
  return root;
}

async function wiringOf(root: string, { directory, onBootstrap, ...choice }: Options = {}): Promise<Wiring> {
  const project = await nestProject(root, choice, nodeFileSystem);
  return wireApplication({ compiler: ts, project, directory, onBootstrap, fs: nodeFileSystem });
}

/** Wires an application and writes what changes. */
async function wired(root: string, options?: Options): Promise<Wiring> {
  const wiring = await wiringOf(root, options);
  await write(root, Object.fromEntries(wiring.changes.map(({ path, after }) => [path, after])));
  return wiring;
}

const textsOf = ({ changes }: Wiring): Record<string, string> =>
  Object.fromEntries(changes.map(({ path, after }) => [path, after]));

describe('nest add, on the shapes that applications have', () => {
  const roots: string[] = [];

  it.each(shapes)('$title: edits what is sure, names the rest, and finds nothing to edit after that', async (shape) => {
    const { script: db = 'nest build && node dist/main.js db' } = shape;
    const manifest = shape.script === undefined ? packageJson : ofScripts;
    const root = await application({ 'package.json': manifest, ...shape.files });
    roots.push(root);
    const wiring = await wired(root);
    const { 'package.json': script, ...texts } = textsOf(wiring);
    expect(texts).toEqual(shape.becomes);
    expect(wiring.byHand.map(({ place }) => place)).toEqual(shape.byHand ?? []);
    expect(script).toBe(manifest.replace(/(main[.js]*")\n/, `$1,\n    "db": "${db}"\n`));
    expect((await wiringOf(root)).changes).toEqual([]);
  });

  it('leaves programs that compile', () => {
    const files = roots.flatMap((root, index) =>
      Object.keys(shapes[index]?.files ?? {})
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, name)),
    );
    expect(files.length).toBeGreaterThan(shapes.length);
    const packages = resolve('node_modules');
    const program = ts.createProgram(files, {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      experimentalDecorators: true,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(packages, '@types')],
      paths: {
        'nest-migrate': [resolve('libs/nest-migrate/src/index.ts')],
        '*': [join(packages, '*'), join(packages, '@types', '*')],
      },
    });
    const problems = files.flatMap((file) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(problems).toEqual([]);
  });
});

/** The smallest application: its module has MikroORM's with these options. */
const small = (options = "{ dbName: 'shop', entities: [] }"): Files => ({
  'src/main.ts': entry,
  'src/app.module.ts': moduleWith(`MikroOrmModule.forRoot(${options})`),
});

const manifest = (scripts: Readonly<Record<string, string>>): Files => ({
  'package.json': `${JSON.stringify({ name: 'shop', scripts }, null, 2)}\n`,
});

describe('nest add, in a monorepo of Nest', () => {
  const built = (name: string): object => ({
    type: 'application',
    root: `apps/${name}`,
    entryFile: 'main',
    sourceRoot: `apps/${name}/src`,
    compilerOptions: { tsConfigPath: `apps/${name}/tsconfig.app.json` },
  });
  const configuration = JSON.stringify({ extends: '../../tsconfig.json', include: ['src/**/*'] });
  const files: Files = {
    'nest-cli.json': JSON.stringify({
      monorepo: true,
      root: 'apps/api',
      sourceRoot: 'apps/api/src',
      projects: {
        api: built('api'),
        worker: built('worker'),
        database: { type: 'library', root: 'libs/database', sourceRoot: 'libs/database/src' },
      },
    }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'commonjs', paths: { '@app/database': ['./libs/database/src'] } },
    }),
    'apps/api/tsconfig.app.json': configuration,
    'apps/worker/tsconfig.app.json': configuration,
    ...manifest({ 'start:prod': 'node dist/apps/api/main' }),
    'pnpm-lock.yaml': '',
    'apps/api/src/main.ts': entry,
    'apps/api/src/app.module.ts': moduleWith('DatabaseModule').replace('@mikro-orm/nestjs', '@app/database'),
    'apps/worker/src/main.ts': entry,
    'apps/worker/src/app.module.ts': moduleWith("MikroOrmModule.forRoot({ dbName: 'jobs' })"),
    'libs/database/src/index.ts': "export * from './database.module';\n",
    'libs/database/src/database.module.ts': moduleWith("MikroOrmModule.forRoot({ dbName: 'shop' })").replace(
      'AppModule',
      'DatabaseModule',
    ),
  };

  it('edits what the project loads, in libraries too, and nothing of other projects', async () => {
    const { changes, byHand, notes, db } = await wiringOf(await application(files), { project: 'api' });
    expect(changes.map(({ path }) => path).sort()).toEqual([
      'apps/api/src/main.ts',
      'libs/database/src/database.module.ts',
      'package.json',
    ]);
    expect(byHand).toEqual([]);
    expect(changes.find(({ path }) => path.startsWith('libs/'))?.after).toContain("directory: 'apps/api/migrations'");
    expect(changes.find(({ path }) => path === 'package.json')?.after).toContain(
      '"db": "nest build api && node dist/apps/api/main.js db"',
    );
    expect(notes).toEqual([expect.stringContaining('libs/database/src/database.module.ts is outside of apps/api')]);
    expect(db).toBe('pnpm db');
  });

  it("takes the project whose sources Nest's command line names", async () => {
    const texts = textsOf(await wiringOf(await application(files), { sourceRoot: 'apps/worker/src' }));
    expect(Object.keys(texts).sort()).toEqual([
      'apps/worker/src/app.module.ts',
      'apps/worker/src/main.ts',
      'package.json',
    ]);
    expect(texts['package.json']).toContain('"db": "nest build worker && node dist/apps/worker/main.js db"');
  });
});

describe('nest add, for a project that is none', () => {
  it.each([
    ['{ "projects": { "api": { "sourceRoot": "apps/api/src" }, "shared": { "type": "library" } } }', 'api'],
    ['{}', 'none'],
  ])('refuses it, instead of editing another one: %s', async (configuration, names) => {
    const root = await application({ ...small(), 'nest-cli.json': configuration });
    await expect(wiringOf(root, { project: 'shared', sourceRoot: 'src' })).rejects.toThrow(
      `nest-cli.json has no application called 'shared'. Its applications: ${names}.`,
    );
  });
});

describe('nest add, beside the sources', () => {
  it('writes the options that it is given', async () => {
    const options = { directory: 'db/revisions', onBootstrap: 'upgrade' };
    const texts = textsOf(await wiringOf(await application(small()), options));
    expect(texts['src/app.module.ts']).toContain("directory: 'db/revisions',\n      onBootstrap: 'upgrade',\n    }),");
  });

  it('keeps the revisions out of a build that would compile them, comments and layout kept', async () => {
    const configuration = `{
  // what is built
  "extends": "./tsconfig.json",
  "exclude": [
    "node_modules",
    "dist"
  ]
}
`;
    const files = { 'tsconfig.json': '{ "compilerOptions": { "outDir": "./dist" } }' };
    const listed = await application({ ...small(), ...files, 'tsconfig.build.json': configuration });
    expect(textsOf(await wired(listed))['tsconfig.build.json']).toBe(
      configuration.replace('"dist"\n', '"dist",\n    "migrations"\n'),
    );
    expect((await wiringOf(listed)).changes).toEqual([]);
    const unlisted = await application({ ...small(), ...files });
    expect(textsOf(await wired(unlisted))['tsconfig.json']).toBe(
      '{ "compilerOptions": { "outDir": "./dist" }, "exclude": ["node_modules", "dist", "migrations"] }',
    );
    const inSources = await application({ ...small(), 'tsconfig.json': '{ "include": ["src"] }' });
    expect(Object.keys(textsOf(await wired(inSources)))).not.toContain('tsconfig.json');
  });

  it.each([
    [{}, 'nest build && node dist/main.js db'],
    [{ build: 'tsc -p tsconfig.build.json' }, 'tsc -p tsconfig.build.json && node dist/main.js db'],
    [{ build: 'rimraf dist && nest build' }, 'npm run build && node dist/main.js db'],
    [
      { build: 'nest build', 'start:prod': 'node --enable-source-maps dist/src/main' },
      'nest build && node dist/src/main.js db',
    ],
  ])('writes the script after what package.json has: %j', async (scripts, expected) => {
    const texts = textsOf(await wiringOf(await application({ ...small(), ...manifest(scripts) })));
    expect(JSON.parse(texts['package.json'])).toMatchObject({ scripts: { ...scripts, db: expected } });
  });

  it.each([
    [{}, 'node src/main.js db'],
    // as Nest's generator writes it
    [{ start: 'babel-node index.js' }, 'babel-node index.js db'],
    [{ start: 'nodemon', 'start:prod': 'node --env-file=.env src/main.js' }, 'node --env-file=.env src/main.js db'],
    [{ start: 'node --watch src/main.js' }, 'node src/main.js db'],
    [{ build: 'babel src -d dist', 'start:prod': 'node dist/main' }, 'npm run build && node dist/main.js db'],
  ])('writes what starts an application in JavaScript: %j', async (scripts, expected) => {
    const { 'src/main.ts': main, 'src/app.module.ts': appModule } = small();
    const files = { 'src/main.js': main, 'src/app.module.js': appModule, ...manifest(scripts) };
    const wiring = await wiringOf(await application(files));
    const texts = textsOf(wiring);
    expect(JSON.parse(texts['package.json'])).toMatchObject({ scripts: { ...scripts, db: expected } });
    expect(Object.keys(texts).sort()).toEqual(['package.json', 'src/app.module.js', 'src/main.js']);
    expect(wiring.init).toBe('init --template javascript');
  });

  it('takes the main file that start:prod starts, where there is none of the usual name', async () => {
    const { 'src/main.ts': main, 'src/app.module.ts': appModule } = small();
    const files = { 'src/server.ts': main, 'src/app.module.ts': appModule };
    const texts = textsOf(
      await wiringOf(await application({ ...files, ...manifest({ 'start:prod': 'node dist/server' }) })),
    );
    expect(texts['src/server.ts']).toContain('if (await runDbCommand(AppModule)) return;');
    expect(JSON.parse(texts['package.json'])).toMatchObject({
      scripts: { db: 'nest build && node dist/server.js db' },
    });
  });

  it('leaves a script of the same name, and says what to write', async () => {
    const { changes, byHand } = await wiringOf(
      await application({ ...small(), ...manifest({ db: 'docker compose up db -d' }) }),
    );
    expect(changes.map(({ path }) => path)).not.toContain('package.json');
    expect(byHand).toEqual([
      {
        place: 'package.json',
        why: 'Its script db does something else: add another one.',
        lines: ['"migrations": "nest build && node dist/main.js db"'],
      },
    ]);
  });

  it.each([
    ['a folder that something else uses', { 'migrations/001.sql': 'select 1' }],
    ["MikroORM's default folder, while its migrations are elsewhere", { 'dist/migrations/Migration1.js': '' }],
    ['the folder that MikroORM is configured with', {}],
  ])('calls the script directory otherwise where migrations is %s', async (_, files: Files) => {
    const options =
      Object.keys(files).length === 0 ? "{ dbName: 'shop', migrations: { path: './migrations' } }" : undefined;
    const texts = textsOf(await wiringOf(await application({ ...small(options), ...files })));
    expect(texts['src/app.module.ts']).toContain("directory: 'database'");
  });

  it('says what it did not find', async () => {
    const nothing = await wiringOf(await application({ 'src/main.ts': entry }));
    expect(nothing.changes).toEqual([]);
    expect(nothing.byHand).toEqual([
      {
        place: 'src/main.ts',
        why: 'The files that it loads have no MikroOrmModule.forRoot(). Where you have one, put MigrationModule around it:',
        lines: ['MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) })'],
      },
    ]);
    const mongo = moduleWith("MikroOrmModule.forRoot({ driver: MongoDriver, dbName: 'shop' })");
    const { changes, byHand } = await wiringOf(
      await application({
        'src/main.ts': entry,
        'src/app.module.ts': `import { MongoDriver } from '@mikro-orm/mongodb';\n${mongo}`,
      }),
    );
    expect(changes).toEqual([]);
    expect(byHand.map(({ why }) => why)).toEqual([expect.stringContaining('MongoDB')]);
  });

  it("formats with the application's Prettier what was formatted with it before", async () => {
    const moduleAt = async (printWidth: number): Promise<string | undefined> => {
      const root = await application({
        ...small('{ dbName: process.env.DB_NAME, entities: [], debug: true }'),
        '.prettierrc': JSON.stringify({ singleQuote: true, printWidth }),
      });
      await symlink(resolve('node_modules'), join(root, 'node_modules'));
      return textsOf(await wiringOf(root))['src/app.module.ts'];
    };
    expect(await moduleAt(60)).toContain(
      '      orm: MikroOrmModule.forRoot({ dbName: process.env.DB_NAME, entities: [], debug: true }),',
    );
    expect(await moduleAt(90)).toContain(`      orm: MikroOrmModule.forRoot({
        dbName: process.env.DB_NAME,
        entities: [],
        debug: true,
      }),`);
  });
});
