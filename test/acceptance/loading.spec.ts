import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commonJsOnly, everyForm, type History } from '../loading/history.ts';
import { installLibrary, node, tool, writeFiles } from '../loading/project.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { tablesOf } from '../support/inspect.ts';
import { PROCESS_LIMIT } from '../support/limits.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

/**
 * The application, without its imports: reads the history, which must run none of it, applies it and takes it back.
 * Plain enough for every tool, as a module and as CommonJS.
 */
const application = `
async function check() {
  const orm = MikroOrmModule.forRoot({
    driver: PostgreSqlDriver,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    dbName: process.env.DB_NAME,
    host: process.env.DB_HOST,
    port: Number(process.env.DB_PORT),
    user: process.env.DB_USER,
    password: process.env.DB_PASSWORD,
  });
  const imports = [MigrationModule.forRoot({ orm, directory: process.env.DIRECTORY })];
  const context = await NestFactory.createApplicationContext({ module: class AppModule {}, imports }, { logger: ['error'] });
  const migrations = context.get(MigrationService);
  const history = await migrations.history();
  const read = globalThis.loaded ?? [];
  const { steps } = await migrations.upgrade();
  const upgraded = [...globalThis.loaded];
  await migrations.downgrade({ target: 'base' });
  await migrations.upgrade();
  await context.close();
  return { history, read, steps: steps.length, upgraded };
}`;

const names = {
  MikroOrmModule: '@mikro-orm/nestjs',
  PostgreSqlDriver: '@mikro-orm/postgresql',
  NestFactory: '@nestjs/core',
  'MigrationModule, MigrationService': 'nest-migrate',
};
const entries = Object.entries(names);
const asModule = `import 'reflect-metadata';\n${entries.map(([name, from]) => `import { ${name} } from '${from}';`).join('\n')}
export ${application.trimStart()}\n`;
const asCommonJs = `require('reflect-metadata');\n${entries.map(([name, from]) => `const { ${name} } = require('${from}');`).join('\n')}
exports.check = check;\n${application}\n`;
const runs = `check().then((result) => require('node:fs').writeFileSync('result.json', JSON.stringify(result)));\n`;

/** A test file of jest's or vitest's. What it found goes through a file: the tool's own output is for people. */
const spec = `import { writeFileSync } from 'node:fs';
import { check } from './check.js';

it('reads, loads and runs every revision', async () => {
  writeFileSync('result.json', JSON.stringify(await check()));
}, ${PROCESS_LIMIT});
`;

/** jest with swc, for TypeScript and JavaScript alike. */
function jest(type: 'es6' | 'commonjs', more: object): string {
  const jsc = { target: 'es2023', parser: { syntax: 'typescript' } };
  const transform = { '\\.[mc]?[jt]s$': [tool('@swc/jest/index.js'), { swcrc: false, module: { type }, jsc }] };
  return JSON.stringify({ testMatch: ['**/*.spec.ts'], testEnvironment: 'node', transform, ...more });
}

interface Result {
  readonly history: readonly {
    readonly message: string;
    readonly createDate: string;
    readonly branchLabels: unknown;
  }[];
  readonly read: readonly string[];
  readonly steps: number;
  readonly upgraded: readonly string[];
}

const commonJs = '{ "type": "commonjs" }';
const esModules = '{ "type": "module" }';
const scriptDirectory = { 'migrations/package.json': esModules };

interface Project {
  readonly files: Readonly<Record<string, string>>;
  readonly history: History;
  readonly run: readonly string[];
}

const projects: Readonly<Record<string, Project>> = {
  'plain Node, an application of ES modules': {
    files: {
      'package.json': esModules,
      'main.js': `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${asModule}${runs}`,
      ...scriptDirectory,
    },
    history: everyForm(),
    run: ['main.js'],
  },
  'plain Node, a CommonJS application beside a script directory of ES modules': {
    files: { 'package.json': commonJs, 'main.js': `${asCommonJs}${runs}`, ...scriptDirectory },
    history: everyForm(),
    run: ['main.js'],
  },
  'plain Node, everything compiled to CommonJS': {
    files: { 'package.json': commonJs, 'main.js': `${asCommonJs}${runs}` },
    history: commonJsOnly(),
    run: ['main.js'],
  },
  'jest with vm modules': {
    files: {
      'package.json': esModules,
      'jest.config.json': jest('es6', {
        extensionsToTreatAsEsm: ['.ts'],
        transformIgnorePatterns: ['/node_modules/', '\\.[mc]?js$'],
      }),
      'check.js': asModule,
      'check.spec.ts': spec,
      ...scriptDirectory,
    },
    history: everyForm(),
    run: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', tool('jest/bin/jest.js')],
  },
  'jest, everything transformed to CommonJS': {
    files: {
      'package.json': commonJs,
      'jest.config.json': jest('commonjs', {
        transformIgnorePatterns: ['/node_modules/(?!(@nestjs|@mikro-orm|kysely|nest-migrate)/)'],
      }),
      'check.js': asModule,
      'check.spec.ts': spec,
      ...scriptDirectory,
    },
    history: everyForm(),
    run: [tool('jest/bin/jest.js')],
  },
  vitest: {
    files: {
      'package.json': esModules,
      'vitest.config.js': "export default { test: { globals: true, include: ['*.spec.ts'] } };",
      'check.js': asModule,
      'check.spec.ts': spec,
      ...scriptDirectory,
    },
    history: everyForm(),
    run: [tool('vitest/vitest.mjs'), 'run'],
  },
  'vitest that transforms the library as well': {
    files: {
      'package.json': esModules,
      'vitest.config.js':
        "export default { test: { globals: true, include: ['*.spec.ts'], server: { deps: { inline: ['nest-migrate'] } } } };",
      'check.js': asModule,
      'check.spec.ts': spec,
      ...scriptDirectory,
    },
    history: everyForm(),
    run: [tool('vitest/vitest.mjs'), 'run'],
  },
};

describe('revisions in every form are read without running them, and loaded, by', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;

  beforeAll(async () => {
    // vite cannot have a # in a path, vitest no %
    folder = await temporaryFolder('loading é with blanks');
    await installLibrary(folder.path);
  });
  afterAll(() => folder.remove());
  beforeEach(async () => {
    database = await createDatabase('postgres');
  });
  afterEach(() => database.drop());

  it.each(Object.entries(projects))('%s', async (name, { files, history, run }) => {
    // beside the others: Node finds the folder's node_modules from all of them
    const path = join(folder.path, name.replaceAll(' ', '-'));
    await writeFiles(path, files);
    await writeFiles(join(path, 'migrations', 'versions'), history.files);

    const { code, stdout, stderr } = await node(path, run, { ...database.env, DIRECTORY: join(path, 'migrations') });
    expect([code, code === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);

    const result = JSON.parse(await readFile(join(path, 'result.json'), 'utf8')) as Result;
    const ids = history.messages.map((_message, index) => `r${index}`);
    expect(result.history.map(({ message }) => message).reverse()).toEqual(history.messages);
    expect(new Set(result.history.map(({ createDate }) => createDate))).toEqual(new Set(['2026-11-20T10:00:00+00:00']));
    expect(result.history.at(-1)?.branchLabels).toEqual(['shop']);
    expect(result.read).toEqual([]);
    expect(result.steps).toBe(ids.length);
    expect(result.upgraded).toEqual(ids);
    expect(await tablesOf(database)).toEqual(
      ['nest_migrate_history', 'nest_migrate_version', ...ids.map((id) => `t_${id}`)].sort(),
    );
  });
});
