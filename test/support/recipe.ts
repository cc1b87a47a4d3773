/**
 * Follows a page of the documentation as a reader would who has called `db init`, in this process, and says what its blocks
 * should show.
 *
 *     ```ts                       whose first line is `// src/<name>.ts`: a file of the application. It is written and
 *     // src/book.ts              imported; what it exports are the entities, and as `options` those of the module
 *
 *     ```ts                       whose first line is `// migrations/versions/<name>.ts`: a revision, which is written
 *
 *     ```ts                       any other: lines of the newest revision, as a command has written it
 *
 *     ```console                  commands behind `$`, each with what it prints below it
 *     $ db heads   # exit code 1
 *
 *     ```sql                      statements for the database; a query, which is the last, has its rows in a `text` behind it
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { Module, type Type } from '@nestjs/common';
import { executeDbCommand, MigrationModule, type MigrationModuleOptions } from 'nest-migrate';
import { createDatabase, type TestDatabase } from './databases.ts';

interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** A block as the page has it, or as it came out. */
export interface Shown {
  readonly line: number;
  readonly text: string;
}

export interface FollowedRecipe {
  readonly expected: readonly Shown[];
  readonly found: readonly Shown[];
}

type Entities = NonNullable<Parameters<typeof MikroORM.init>[0]>['entities'];

/** Everything a page does to one database, in a folder of its own inside the repository, where its imports are found. */
export async function followRecipe(
  markdown: string,
  engine: 'pglite' | 'sqlite',
  folder: string,
): Promise<FollowedRecipe> {
  const database = await createDatabase(engine);
  try {
    return await new Recipe(database, folder).follow(blocksOf(markdown));
  } finally {
    await database.drop();
  }
}

/** The fenced blocks of a page. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    language: match[1],
    text: match[2].trimEnd(),
  }));
}

class Recipe {
  private readonly files = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly expected: Shown[] = [];
  private readonly found: Shown[] = [];

  constructor(
    private readonly database: TestDatabase,
    private readonly folder: string,
  ) {}

  async follow(blocks: readonly Block[]): Promise<FollowedRecipe> {
    await this.db(['init']);
    let rows: string | undefined;
    for (const block of blocks) {
      if (block.language === 'ts') await this.code(block);
      else if (block.language === 'console') await this.commands(block);
      else if (block.language === 'sql') rows = await this.sql(block);
      else if (block.language === 'text' && rows !== undefined) this.show(block, rows);
      else throw new Error(`line ${block.line}: nothing is known of a block of ${block.language} here`);
      if (block.language !== 'sql') rows = undefined;
    }
    return { expected: this.expected, found: this.found };
  }

  private show({ line, text }: Block, found: string): void {
    this.expected.push({ line, text });
    this.found.push({ line, text: found });
  }

  private async code(block: Block): Promise<void> {
    const [, path] = /^\/\/ ((?:src|migrations)\/\S+\.ts)/.exec(block.text) ?? [];
    if (path === undefined) return this.written(block);
    // each version is a file of its own, since what was imported stays
    const file = path.startsWith('src/')
      ? join(this.folder, `src-${block.line}`, basename(path))
      : join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${block.text}\n`);
    if (path.startsWith('src/')) this.files.set(path, (await import(file)) as Readonly<Record<string, unknown>>);
  }

  /** Lines that a command has written into the newest revision. */
  private async written(block: Block): Promise<void> {
    const versions = join(this.folder, 'migrations', 'versions');
    const files = (await readdir(versions)).map((name) => join(versions, name));
    const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    const newest = files[times.indexOf(Math.max(...times))];
    const text = await readFile(newest, 'utf8');
    const inFunctions = text.replaceAll(/^ {2}/gm, '');
    const isThere = [text, inFunctions].some((lines) => lines.includes(`\n${block.text}\n`));
    this.show(block, isThere ? block.text : text);
  }

  private async commands(block: Block): Promise<void> {
    const lines: string[] = [];
    for (const [, command] of block.text.matchAll(/^\$ (.*)$/gm)) {
      const [, line, code = '0'] = /^db (.*?)(?: +# exit code (\d))?$/.exec(command) ?? [];
      if (line === undefined) throw new Error(`line ${block.line}: ${command} is no command of db`);
      lines.push(`$ ${command}`);
      const result = await this.db(wordsOf(line));
      if (result.code !== Number(code)) lines.push(`exit code ${result.code}`);
      if (result.output !== '') lines.push(result.output);
    }
    this.show(block, lines.join('\n'));
  }

  private async db(words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    let output = '';
    const stream = { write: (text: string) => void (output += text) };
    const code = await executeDbCommand(this.application(), ['db', ...words], { stdout: stream, stderr: stream });
    return {
      code,
      output: output
        .replaceAll(this.folder, '…')
        .replace(/[ \t]+$/gm, '')
        .trimEnd(),
    };
  }

  /** Fresh modules for each command, as in a process of its own. */
  private application(): Type<unknown> {
    const exported = Object.assign({}, ...this.files.values()) as Record<string, unknown>;
    const { options, ...entities } = exported as { options?: MigrationModuleOptions };
    class AppModule {}
    Module({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({
            ...this.database.options,
            entities: Object.values(entities) as Entities,
            discovery: { warnWhenNoEntities: false },
          }),
          directory: join(this.folder, 'migrations'),
          ...options,
        }),
      ],
    })(AppModule);
    return AppModule;
  }

  /** Runs statements, and returns the rows of the last one as a reader would see them. */
  private async sql({ text }: Block): Promise<string> {
    const orm = await MikroORM.init({
      ...this.database.options,
      entities: [],
      discovery: { warnWhenNoEntities: false },
    });
    try {
      let rows: readonly Readonly<Record<string, unknown>>[] = [];
      for (const statement of text.split(/;\s*(?:\n|$)/).filter((each) => each.trim() !== '')) {
        rows = await (orm.em as SqlEntityManager).execute(statement);
      }
      return /^\s*select\b/im.test(text) ? tableOf(rows) : '';
    } finally {
      await orm.close();
    }
  }
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain);
}

/** Rows in columns, with their names above. */
function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name])))];
  const widths = names.map((_, index) => Math.max(...cells.map((row) => row[index].length)));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Where the folders of recipes are: inside the repository, so that their imports are found. */
export function recipeFolder(name: string): string {
  return resolve('.cache', `recipe-${process.pid}-${name}`);
}
