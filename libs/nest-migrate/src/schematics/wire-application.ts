import { join, relative, resolve, sep } from 'node:path';
import { buildsWithRevisions } from '../script/application-checks.js';
import { type FileSystem } from '../script/file-system.js';
import { configurationPaths } from '../script/other-configurations.js';
import { type Compiler } from './application-compiler.js';
import { type ApplicationSources, applicationSources } from './application-sources.js';
import { type ByHand } from './by-hand.js';
import { EditedSource } from './edited-source.js';
import { withItem, withProperty } from './json-edits.js';
import { addMainLine, mainByHand, type MainLine } from './main-line.js';
import { type ApplicationFiles } from './expression-uses.js';
import { type NestProject, scriptCall } from './nest-project.js';
import { addMigrationTables, configuredMigrations } from './orm-configuration.js';
import {
  byHandOf,
  type NamesContext,
  type OrmModule,
  ormModulesOf,
  sameConnection,
  shortened,
  wrapOrmModule,
} from './orm-modules.js';
import { freeDirectory, mikroOrmMigrations, type OwnMigrations } from './script-directory-choice.js';
import { tidied } from './tidy-source.js';

const MONGO = '@mikro-orm/mongodb';

/** A file of the application that is to change. */
export interface FileChange {
  /** From the folder of the application. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What `nest add` does to an application. */
export interface Wiring {
  readonly changes: readonly FileChange[];
  /** Whether the application has a `MigrationModule` with an ORM, now or already. */
  readonly isWired: boolean;
  readonly byHand: readonly ByHand[];
  /** What a person has to know of it. */
  readonly notes: readonly string[];
  /** How a `db` command is started: `npm run db --`. */
  readonly db: string;
  /** The `db` command that creates the script directory. */
  readonly init: string;
  readonly migrations: OwnMigrations | undefined;
}

interface WiringOptions {
  readonly compiler: Compiler;
  readonly project: NestProject;
  /** Where the revisions are to be, from the folder of the application. Default: the first folder that is free. */
  readonly directory?: string;
  /** What the boot does. Default: nothing is said, so nothing. */
  readonly onBootstrap?: string;
  readonly fs: FileSystem;
}

/** Decides how an application gets its migrations. Writes nothing. */
export async function wireApplication(options: WiringOptions): Promise<Wiring> {
  const { compiler, project, fs } = options;
  const { root, main: mainPath } = project;
  const main = join(root, mainPath);
  const isThere = (await fs.stat(main))?.kind === 'file';
  const sources: ApplicationSources = isThere
    ? await applicationSources({ compiler, root, main, fs })
    : { files: [], resolve: () => undefined };
  const edited = new Map<string, EditedSource>();
  const texts = new Map(sources.files.map(({ path, text }) => [path, text]));
  const opened = (path: string): EditedSource => {
    const source = edited.get(path) ?? new EditedSource(compiler, path, texts.get(path) ?? '');
    edited.set(path, source);
    return source;
  };
  const files: ApplicationFiles = {
    all: () => [...texts.keys()].map(opened),
    resolve: ({ path }, specifier) => {
      const file = sources.resolve(path, specifier);
      return file === undefined ? undefined : opened(file);
    },
  };
  for (const { path, text } of sources.files)
    if (/nest-migrate|@mikro-orm|@nestjs\/core|NestFactory/.test(text)) opened(path);
  const configurations: EditedSource[] = [];
  for (const name of await configurationPaths(root, fs)) {
    const path = name.split(sep).join('/');
    const found = (await fs.stat(join(root, path)))?.kind === 'file' && /\.[cm]?ts$/.test(path);
    if (!found) continue;
    const source = edited.get(path) ?? new EditedSource(compiler, path, await fs.readText(join(root, path)));
    edited.set(path, source);
    configurations.push(source);
  }
  const settings = [...edited.values()].map(configuredMigrations).find((each) => each !== undefined) ?? {};
  const search = { root, folder: project.folder, migrations: settings, fs };

  const modules = await wireModules(options, files, [...edited.values()], search);
  const db = scriptCall(project.packageManager, 'db');
  // its author may have no TypeScript, and whatever starts the application none that it understands
  const init = /\.[cm]?js$/.test(mainPath) ? 'init --template javascript' : 'init';
  // without a module of MikroORM's there is nothing that commands could work on
  if (!modules.hasOrm)
    return { changes: [], isWired: false, byHand: modules.byHand, notes: [], db, init, migrations: undefined };
  const line = wireMain(edited, mainPath, isThere);
  if (modules.isWired) for (const source of configurations) addTables(source, modules.byHand);
  const byHand = [...modules.byHand, ...line];
  const changes: FileChange[] = [];
  for (const { path, text, result } of edited.values()) {
    if (result !== text) changes.push({ path, before: text, after: await tidied(root, path, text, result) });
  }
  const script = await wireScript(options, byHand);
  if (script.change !== undefined) changes.push(script.change);
  if (modules.directory !== undefined) changes.push(...(await keepOutOfBuild(options, modules.directory)));
  return {
    changes,
    isWired: modules.isWired,
    byHand,
    notes: modules.shared.map(
      (path) =>
        `${path} is outside of ${project.folder}: other applications that load it have the MigrationModule too.`,
    ),
    db: script.db,
    init,
    migrations: await mikroOrmMigrations(search),
  };
}

interface WiredModules {
  /** Whether there is a module of MikroORM's that can have migrations. */
  readonly hasOrm: boolean;
  readonly isWired: boolean;
  readonly byHand: ByHand[];
  /** The files that other applications of the monorepo may load as well. */
  readonly shared: readonly string[];
  /** The script directory, where one was decided on. */
  readonly directory?: string;
}

async function wireModules(
  { project, directory, onBootstrap }: WiringOptions,
  files: ApplicationFiles,
  edited: readonly EditedSource[],
  search: Parameters<typeof freeDirectory>[0],
): Promise<WiredModules> {
  const namesContext: NamesContext = (source, specifier) =>
    files.resolve(source, specifier)?.text.includes('contextName');
  const all = edited.map((source) => ormModulesOf(source, namesContext, files));
  const found = all.flatMap((each) => each.found);
  const ungated = all.flatMap((each) => each.ungated);
  const byHand = all.flatMap((each) => each.byHand);
  const total = found.length + byHand.length + all.reduce((sum, { wired }) => sum + wired, 0);
  const ofMongo = found.filter(({ origin }) => origin.text.includes(MONGO));
  const sure: OrmModule[] = [];
  for (const each of found) {
    const doubts = doubtAbout(each, found, ungated, total);
    if (doubts !== undefined) byHand.push(doubts);
    else sure.push(total === 1 && each.connection.kind === 'unknown' ? asDefault(each) : each);
  }
  if (total === 0) {
    byHand.push({
      place: project.main,
      why: 'The files that it loads have no MikroOrmModule.forRoot(). Where you have one, put MigrationModule around it:',
      lines: ['MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) })'],
    });
  }
  const base = directory ?? (await freeDirectory(search));
  const wrapped: string[] = [];
  for (const each of sure) {
    const { connection } = each;
    const name = connection.kind === 'named' ? connection.name : 'default';
    const own = total > 1 ? [base, name].join('/') : base;
    const problem = wrapOrmModule(each, {
      ...(own !== 'migrations' && { directory: own }),
      ...(onBootstrap !== undefined && { onBootstrap }),
    });
    if (problem === undefined) wrapped.push(each.source.path);
    else byHand.push(problem);
  }
  return {
    hasOrm: total > ofMongo.length,
    isWired: wrapped.length > 0 || all.some(({ wired }) => wired > 0),
    byHand,
    shared: wrapped.filter((path) => project.folder !== '' && !path.startsWith(`${project.folder}/`)),
    ...(wrapped.length > 0 && { directory: base }),
  };
}

/** Why a module is left as it is, and what to write; undefined where everything is known. */
function doubtAbout(
  { source, origin, connection, expression }: OrmModule,
  found: readonly OrmModule[],
  ungated: ReturnType<typeof ormModulesOf>['ungated'],
  total: number,
): ByHand | undefined {
  if (source.path.startsWith('../')) {
    return byHandOf(
      source,
      expression,
      'The file is outside of this folder: put MigrationModule around MikroOrmModule.',
    );
  }
  if (origin.text.includes(MONGO)) {
    return { place: source.placeOf(expression), why: 'MongoDB has no migrations of this kind.', lines: [] };
  }
  if (connection.kind === 'unknown' && total > 1) {
    const why = 'One of several connections, whose contextName is not told here: put MigrationModule around each.';
    return byHandOf(source, expression, why, { contextName: '…' });
  }
  const beside = ungated.find((each) => sameConnection(each.connection, connection));
  if (beside !== undefined) {
    const why = `The MigrationModule of ${beside.place} has no orm: move MikroOrmModule into it.`;
    return { place: source.placeOf(expression), why, lines: [`orm: ${shortened(source, expression)},`] };
  }
  if (found.some((each) => each.expression !== expression && sameConnection(each.connection, connection))) {
    return byHandOf(
      source,
      expression,
      'There are several for one connection: put MigrationModule around the one in use.',
    );
  }
  return undefined;
}

function asDefault(module: OrmModule): OrmModule {
  return { ...module, connection: { kind: 'default' } };
}

function wireMain(edited: ReadonlyMap<string, EditedSource>, mainPath: string, isThere: boolean): readonly ByHand[] {
  if (!isThere) return [mainByHand(mainPath, 'there is no such file', 'AppModule')];
  const main = edited.get(mainPath);
  const lines: MainLine[] = main === undefined ? [] : [addMainLine(main)];
  if (lines.every(({ kind }) => kind === 'absent')) {
    // where another file starts the application, and only one does
    const others = [...edited.values()].filter(
      ({ path, text }) => path !== mainPath && !path.startsWith('../') && text.includes('NestFactory.create'),
    );
    if (others.length === 1) lines.push(addMainLine(others[0]));
  }
  if (lines.every(({ kind }) => kind === 'absent')) {
    return [mainByHand(mainPath, 'no NestFactory.create() is found in it', 'AppModule')];
  }
  return lines.flatMap((line) => (line.kind === 'byHand' ? [line.byHand] : []));
}

function addTables(source: EditedSource, byHand: ByHand[]): void {
  if (source.text.includes('withMigrationTables') || addMigrationTables(source)) return;
  byHand.push({
    place: source.path,
    why: "MikroORM's own command line would drop the tool's tables.",
    lines: [
      `import { withMigrationTables } from 'nest-migrate';`,
      'export default withMigrationTables(/* the configuration */);',
    ],
  });
}

async function wireScript(
  { compiler, project, fs }: WiringOptions,
  byHand: ByHand[],
): Promise<{ readonly db: string; readonly change?: FileChange }> {
  const { root, scripts, packageManager, builtMain } = project;
  const path = 'package.json';
  const present = scripts['db'];
  const db = scriptCall(packageManager, 'db');
  if (typeof present === 'string' && /(^|\s)db$/.test(present.trim())) return { db };
  const value = isCompiled(project)
    ? `${buildCommand(project)} && node ${builtMain} db`
    : `${startCommand(project)} db`;
  if (present !== undefined || !(await fs.exists(join(root, path)))) {
    const why =
      present === undefined
        ? 'There is no such file: the script is'
        : 'Its script db does something else: add another one.';
    byHand.push({ place: path, why, lines: [`"migrations": ${JSON.stringify(value)}`] });
    return { db: scriptCall(packageManager, 'migrations') };
  }
  const before = await fs.readText(join(root, path));
  const after = withProperty(compiler, before, ['scripts'], ['db', value]);
  return { db, ...(after !== undefined && { change: { path, before, after } }) };
}

function isCompiled({ main, scripts }: NestProject): boolean {
  return !/\.[cm]?js$/.test(main) || typeof scripts['build'] === 'string';
}

/** What starts an application that is not compiled: the script for it, where that is one program alone. */
function startCommand({ main, scripts }: NestProject): string {
  const started = [scripts['start:prod'], scripts['start']].find(
    (script): script is string =>
      typeof script === 'string' && /^(node|babel-node)\s[^&|;<>$`"']*$/.test(script) && !script.includes('--watch'),
  );
  return started?.trim() ?? `node ${main}`;
}

/** What compiles the application: the script `build`, without npm around it where it is a program alone. */
function buildCommand({ scripts, name, packageManager }: NestProject): string {
  const build = scripts['build'];
  if (name !== undefined) return `nest build ${name}`;
  if (typeof build !== 'string') return 'nest build';
  return /^(nest build|tsc)\b[^&|;<>$`]*$/.test(build) ? build : `${packageManager} run build`;
}

/** Keeps the revisions out of what TypeScript compiles. */
async function keepOutOfBuild(
  { compiler, project: { root }, fs }: WiringOptions,
  directory: string,
): Promise<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const { path, exclude } of await buildsWithRevisions({ directory: resolve(root, directory), fs })) {
    const before = await fs.readText(path);
    const after =
      withItem(compiler, before, 'exclude', exclude.at(-1)!) ??
      withProperty(compiler, before, [], ['exclude', exclude]);
    if (after === undefined) continue;
    const file = relative(root, path).split(sep).join('/');
    changes.push({ path: file, before, after: await tidied(root, file, before, after) });
  }
  return changes;
}
