import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addReport, lineEdits } from '../../../libs/nest-migrate/src/schematics/add-report.js';
import { applicationCompiler } from '../../../libs/nest-migrate/src/schematics/application-compiler.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { edited } from '../../../libs/nest-migrate/src/script/rewritten-body.js';
import { versionNotes } from '../../../libs/nest-migrate/src/schematics/version-notes.js';
import { type Wiring } from '../../../libs/nest-migrate/src/schematics/wire-application.js';
import { temporaryFolder } from '../../support/projects.ts';

const nothing: Wiring = {
  changes: [],
  isWired: true,
  byHand: [],
  notes: [],
  db: 'npm run db --',
  init: 'init',
  migrations: undefined,
};
const change = { path: 'src/main.ts', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' };
const text = (wiring: Partial<Wiring>, notes: readonly string[] = []): string =>
  addReport({ ...nothing, ...wiring }, notes, (_, line) => line).join('\n');

describe('what nest add tells', () => {
  it('shows the changes as a difference, and the commands that come next', () => {
    expect(text({ changes: [change] })).toBe(`
src/main.ts
@@ -1,3 +1,3 @@
 one
-two
+2
 three

Next:
  npm run db -- init                                 # creates the script directory
  npm run db -- migrate -m "first tables"            # writes the first revision: read it
  npm run db -- upgrade                              # applies it
Where the database has its tables already, after init:
  npm run db -- check                                # what differs between the entities and the database
  npm run db -- migrate --from-database -m "so far"  # what the database has is the first revision
  npm run db -- stamp head                           # this database has it`);
  });

  it('creates a script directory for JavaScript where the application is written in that', () => {
    expect(text({ changes: [change], init: 'init --template javascript' })).toContain(`
  npm run db -- init --template javascript           # creates the script directory`);
  });

  it("offers to import what MikroORM's migrator has", () => {
    const migrations = { folder: 'src/migrations', count: 200 };
    expect(text({ changes: [change], db: 'pnpm db', migrations })).toContain(`
Next, since src/migrations has 200 migrations of MikroORM's migrator, with their history:
  pnpm db init                             # creates the script directory
  pnpm db import src/migrations --dry-run  # what becomes of each, and a proof
  pnpm db import src/migrations            # writes them as revisions, and stamps this database`);
  });

  it('says that there is nothing to change, and what is left to write', () => {
    expect(text({})).toBe('\nnest-migrate is part of this application already: nothing to change.');
    const byHand = [{ place: 'src/database.ts:5', why: 'It is not sure.', lines: ['MigrationModule.forRoot({ … })'] }];
    expect(text({ byHand, isWired: false }, ['A note.'])).toBe(`
Not sure enough to edit. Write yourself:

  src/database.ts:5  It is not sure.
    MigrationModule.forRoot({ … })

A note.`);
  });

  it('finds edits that make one text of another', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'last'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        expect(edited(one.join(''), lineEdits(one.join(''), other.join('')))).toBe(other.join(''));
      }),
    );
  });
});

describe('the packages that nest add finds', () => {
  const packages = (entries: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(entries).map(([path, content]) => [`node_modules/${path}`, content]));

  it("reads an application that has TypeScript 7, which has no such API, with the compiler of Nest's command line", async () => {
    await using folder = await temporaryFolder('add', {
      files: packages({
        'typescript/package.json': '{ "main": "version.js" }',
        'typescript/version.js': "exports.version = '7.0.2';",
        '@nestjs/cli/package.json': '{ "main": "index.js" }',
        '@nestjs/cli/index.js': '',
        '@nestjs/cli/node_modules/typescript/package.json': '{ "main": "typescript.js" }',
        '@nestjs/cli/node_modules/typescript/typescript.js':
          "exports.version = '6.0.3'; exports.createSourceFile = () => 1;",
      }),
    });
    expect(applicationCompiler(folder.path, undefined)?.version).toBe('6.0.3');
    await using other = await temporaryFolder('add', {
      files: packages({
        'typescript/package.json': '{ "main": "typescript.js" }',
        'typescript/typescript.js': "exports.version = '5.9.3'; exports.createSourceFile = () => 1;",
      }),
    });
    expect(applicationCompiler(other.path, undefined)?.version).toBe('5.9.3');
    await using none = await temporaryFolder('add');
    expect(applicationCompiler(none.path, undefined)).toBeUndefined();
    expect(applicationCompiler(none.path, join(other.path, 'bin.js'))?.version).toBe('5.9.3');
  });

  it('says where MikroORM is too old', async () => {
    await using folder = await temporaryFolder('add');
    const notes = async (version: string): Promise<readonly string[]> => {
      const file = join(folder.path, 'node_modules/@mikro-orm/core/package.json');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify({ version }));
      return versionNotes(folder.path, 'npm', nodeFileSystem);
    };
    expect(await versionNotes(folder.path, 'npm', nodeFileSystem)).toEqual([]);
    for (const version of ['6.6.14', '7.0.9', '7.2.0'])
      expect(await notes(version)).toEqual([expect.stringContaining(`@mikro-orm/core is ${version}`)]);
    for (const version of ['7.2.1', '7.10.0', '8.0.0']) expect(await notes(version)).toEqual([]);
  });
});
