import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { creationTime } from '../../../libs/nest-migrate/src/script/creation-time.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { readConstants } from '../../../libs/nest-migrate/src/script/revision-constants.js';
import { revisionFileName } from '../../../libs/nest-migrate/src/script/revision-file-name.js';
import { indent } from '../../../libs/nest-migrate/src/script/revision-template.js';
import { renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import {
  writeRevision,
  type RevisionContent,
  type WriteRevisionOptions,
} from '../../../libs/nest-migrate/src/script/revision-writer.js';
import { isRevisionFileName, isWithin } from '../../../libs/nest-migrate/src/script/version-locations.js';
import { slugOf } from '../../../libs/nest-migrate/src/script/slug.js';
import { revisionTemplate, templateFiles } from '../../../libs/nest-migrate/src/script/templates.js';
import { revisionText, TemporaryFolder } from './temporary-folder.js';

const folders: TemporaryFolder[] = [];
let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  folders.push(folder);
});
afterAll(() => folders.forEach((each) => each.remove()));

const now = new Date('2026-11-20T10:00:00.750Z');
const content: RevisionContent = {
  revision: '3f2a9c1b7d10',
  downRevision: ['1975ea83b712'],
  dependsOn: [],
  branchLabels: [],
  message: 'add users',
  createDate: '2026-11-20T10:00:00+00:00',
  upgrade: ["await op.createTable('user', {", '  columns: {},', '});'],
  downgrade: "await op.dropTable('user');",
};

async function write(options: Partial<WriteRevisionOptions> = {}): Promise<string> {
  const directory = options.directory ?? (await folder.directory());
  return writeRevision({ ...content, now, fs: nodeFileSystem, ...options, directory });
}

const hostile = fc.constantFrom(
  ...["'", '"', '`', '\\', '*/', '/*', '//', '${', '$HOME', '$${message}', '\n', '\r\n', '\r', '\t', '\0', '\x1b[31m'],
  ...[
    '\u2028',
    '\u2029',
    '\u0085',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\udc00',
    '\u{1f600}',
    'é',
    '</script>',
    '@ts-nocheck',
  ],
  ...['$&', '$1', "$'", '${upgrade}', "';\nexport const revision = 'x", '%(rev)s', '\u007f', ' '],
);
const text = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 5 }), fc.string({ maxLength: 5 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

describe('the text of a new revision', () => {
  it('has the documented shape', () => {
    expect(renderRevision(content)).toBe(`/**
 * add users
 *
 * Revision ID: 3f2a9c1b7d10
 * Revises: 1975ea83b712
 * Create Date: 2026-11-20T10:00:00+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = '3f2a9c1b7d10';
export const downRevision = '1975ea83b712';
export const branchLabels = null;
export const dependsOn = null;
export const message = 'add users';
export const createDate = '2026-11-20T10:00:00+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('user', {
    columns: {},
  });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('user');
}
`);
  });

  it('of a merge or a base without message or body', () => {
    const text = renderRevision({
      ...content,
      downRevision: ['a', 'b'],
      branchLabels: ['x'],
      message: '',
      upgrade: [],
      downgrade: '\n',
    });
    expect(text).toContain(' * empty message\n');
    expect(text).toContain(' * Revises: a, b\n');
    expect(text).toContain("export const downRevision = ['a', 'b'];\nexport const branchLabels = 'x';");
    expect(text).toContain("export const message = '';");
    expect(text.match(/^ {2}void op; \/\/ nothing to do$/gm)).toHaveLength(2);
    expect(renderRevision({ ...content, downRevision: [] })).toContain(' * Revises: <base>\n');
  });

  const name = text.filter((value) => value !== '');

  it('says the same when it is read and when it is run, whatever the message and the names are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          revision: name,
          downRevision: fc.array(name, { maxLength: 3 }),
          dependsOn: fc.array(name, { maxLength: 2 }),
          branchLabels: fc.array(name, { maxLength: 2 }),
          message: text,
        }),
        async (random) => {
          const rendered = renderRevision({ ...content, ...random });
          const read = readConstants(rendered);
          const list = (names: readonly string[]) =>
            names.length === 0 ? null : names.length === 1 ? names[0] : names;
          expect(read).toEqual({
            revision: random.revision,
            downRevision: list(random.downRevision),
            dependsOn: list(random.dependsOn),
            branchLabels: list(random.branchLabels),
            message: random.message,
            createDate: content.createDate,
          });
          const module = (await import(pathToFileURL(folder.module(rendered)).href)) as object;
          expect(module).toMatchObject(read as object);
          // Nothing is lost where bytes are written, and no character of the comment does anything.
          expect(Buffer.from(rendered).toString()).toBe(rendered);
          expect(rendered).toMatch(/^[\P{Cc}\n]*$/u);
          expect(rendered.split('\n').filter((line) => /^\s*\*\/|\s$/.test(line))).toEqual([' */']);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('indents the body, but not the lines inside of template literals', () => {
    const code = "await op.execute(`\nselect '${[\n1]}'\n`);\nif (x) {\n  // `\n  y();\n}\n";
    expect(indent(code, '  ')).toBe(
      "  await op.execute(`\nselect '${[\n1]}'\n`);\n  if (x) {\n    // `\n    y();\n  }\n",
    );
    expect(indent('broken `\nliteral', '  ')).toBe('broken `\nliteral');
  });
});

describe('the template', () => {
  const render =
    (template: string, message = 'hello') =>
    () =>
      renderRevision({ ...content, message }, { name: 'revision.template', text: template });

  it('can be changed as long as its blocks are there, and can mean a dollar sign', () => {
    const text = revisionTemplate
      .replace(' * ${message}', () => ' * Message: ${message} $${kept}')
      .replaceAll('\n', '\r\n');
    const rendered = render(text, 'two\nlines')();
    expect(rendered).toContain(' * Message: two lines ${kept}\n');
    expect(render(revisionTemplate, 'two\n\nlines */')()).toContain('/**\n * two\n *\n * lines *\\/\n *\n');
  });

  it.each([
    ['an unknown placeholder', revisionTemplate + '// ${author}', /unknown placeholder: \$\{author\} \(line 19\)/],
    ['an expression', revisionTemplate + '// ${message.length}', /unknown placeholder: \$\{message\.length\}/],
    ['a name of Object.prototype', revisionTemplate + '// ${constructor}', /unknown placeholder: \$\{constructor\}/],
    ['a lost block', revisionTemplate.replace('${upgrade}', ''), /has lost \$\{upgrade\}/],
    ['nothing', '', /has lost \$\{constants\} and \$\{upgrade\} and \$\{downgrade\}/],
    ['a block among other code', revisionTemplate.replace('${upgrade}', 'f(${upgrade})'), /more than .*\(line 13\)/],
    ['a block twice', revisionTemplate + '${constants}', /has \$\{constants\} again, after line 10 \(line 19\)/],
    ['a text in a regular expression', revisionTemplate + 'x(/${message}/);', /is not clear whether.*\(line 19\)/],
    ['the blocks of several connections', revisionTemplate.replace('${upgrade}', '${upgrades}'), /one for all/],
  ])('with %s is refused by name', (_name, template, problem) => {
    expect(render(template)).toThrow(problem);
    expect(render(template)).toThrow(expect.objectContaining({ code: 'TEMPLATE_INVALID' }));
  });

  it('keeps every text harmless, and whole where it is code, whatever it holds', async () => {
    const more = [
      'export const code = ${message};',
      'export const single = \'m: ${message}\', double = "${message}", back = `$${1 + 1} ${message}`;',
      'export const after = 1; // ${message}',
      '/* ${message} */ export const last = [${revises}, ${dependsOn}, ${branchLabels}];',
    ].join('\n');
    await fc.assert(
      fc.asyncProperty(text, async (message) => {
        const rendered = render(`${revisionTemplate}${more}\n`, message)();
        const said = message.trim() === '' ? 'empty message' : message;
        expect(await import(pathToFileURL(folder.module(rendered)).href)).toMatchObject({
          ...{ message, code: said, single: `m: ${said}`, double: said, back: `2 ${said}` },
          ...{ after: 1, last: ['1975ea83b712', '', ''] },
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('a revision of several connections', () => {
  const multidb = { name: 'multidb', text: templateFiles('multidb')['revision.template'] ?? '' };
  const upgrade = { default: "await op.dropTable('a');", 'sales-eu': [], __proto__x: '' };

  it('has a function for each', async () => {
    const rendered = renderRevision({ ...content, upgrade, downgrade: { default: '' } }, multidb);
    expect(rendered).toContain(`export const upgrade: Record<string, (op: Operations) => Promise<void>> = {
  default: async (op) => {
    await op.dropTable('a');
  },

  'sales-eu': async (op) => {
    void op; // nothing to do
  },
`);
    expect(readConstants(rendered)).toMatchObject({ revision: content.revision, message: content.message });
    expect(await import(pathToFileURL(folder.module(rendered)).href)).toMatchObject({
      upgrade: { default: expect.any(Function), 'sales-eu': expect.any(Function) },
      downgrade: { default: expect.any(Function) },
    });
  });

  it('needs a template for it, and such a template needs several', () => {
    expect(() => renderRevision({ ...content, upgrade, downgrade: {} })).toThrow(/init --template multidb/);
    expect(() => renderRevision(content, multidb)).toThrow(/a function for each connection/);
  });

  it('is written and read again', async () => {
    const directory = await folder.directory();
    folder.write({ 'migrations/revision.template': multidb.text });
    await write({ directory, upgrade, downgrade: upgrade });
    expect(await directory.read()).toMatchObject([{ id: content.revision }]);
  });
});

describe('writing a new revision', () => {
  it('writes JavaScript where the template is called so, which needs no compiler', async () => {
    const directory = await folder.directory({}, { runsTypeScript: false });
    folder.write({ 'migrations/revision.js.template': templateFiles('javascript')['revision.js.template'] ?? '' });
    const path = await write({ directory });
    expect(basename(path)).toBe('3f2a9c1b7d10_add_users.js');
    expect(readFileSync(path, 'utf8')).toContain("/** @param {import('nest-migrate').Operations} op */");
    expect(await directory.read()).toMatchObject([{ id: content.revision, path }]);
    // what it would be compiled from is in the way as well
    folder.write({ 'migrations/versions/b_add_users.ts': revisionText('b', null) });
    await expect(write({ directory, revision: 'b' })).rejects.toMatchObject({
      code: 'REVISION_FILE_EXISTS',
      path: join(directory.path, 'versions', 'b_add_users.ts'),
    });
    folder.write({ 'migrations/revision.template': revisionTemplate });
    await expect(write({ directory, revision: 'c' })).rejects.toThrow(/is one of two/);
  });

  it('makes the sub-folders that the template of the name asks for, where they are found again', async () => {
    const directory = await folder.directory();
    const path = await write({ directory, fileTemplate: '%(year)d/%(month).2d/%(rev)s' });
    expect(path).toBe(join(directory.path, 'versions/2026/11/3f2a9c1b7d10.ts'));
    expect(await directory.read()).toMatchObject([{ id: content.revision, path }]);
    // and again beside the first, not below it
    const next = await write({ directory, revision: 'b', follows: path, fileTemplate: '%(year)d/%(month).2d/%(rev)s' });
    expect(next).toBe(join(directory.path, 'versions/2026/11/b.ts'));
  });

  it('puts it where the script directory finds it, with the constants and functions that were asked for', async () => {
    const directory = await folder.directory();
    const path = await write({ directory, timezone: 'Asia/Kolkata', message: 'Add "users" & roles' });
    expect(path).toBe(join(directory.path, 'versions', '3f2a9c1b7d10_add_users_roles.ts'));
    expect(await directory.read()).toEqual([
      {
        id: content.revision,
        downRevision: content.downRevision,
        dependsOn: [],
        branchLabels: [],
        message: 'Add "users" & roles',
        createDate: '2026-11-20T15:30:00+05:30',
        services: [],
        replaces: [],
        irreversible: null,
        elidable: false,
        accept: [],
        path,
        source: { kind: 'ts', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
    expect(readdirSync(join(directory.path, 'versions'))).toEqual(['.gitkeep', basename(path)].sort());
  });

  it('never overwrites', async () => {
    const directory = await folder.directory();
    const path = await write({ directory });
    folder.write({ 'migrations/versions/3f2a9c1b7d10_add_users.ts': 'edited by hand' });
    await expect(write({ directory })).rejects.toMatchObject({ code: 'REVISION_FILE_EXISTS', path });
    expect(readFileSync(path, 'utf8')).toBe('edited by hand');
  });

  it('never overwrites a file that appears while it works', async () => {
    const directory = await folder.directory();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => write({ directory })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'REVISION_FILE_EXISTS' });
    }
    expect(await directory.read()).toHaveLength(1);
  });

  it('leaves its file free to be edited before it is first loaded', async () => {
    const directory = await folder.directory();
    const path = await write({ directory });
    const edited = revisionText(content.revision, null, "export const edited = 'yes';").replace(
      /void op;/g,
      "throw 'edited'",
    );
    folder.write({ [`migrations/versions/${basename(path)}`]: edited });
    const [script] = await directory.read();
    if (script === undefined) throw new Error('nothing was read');
    expect(String((await directory.load(script)).upgrade)).toContain('edited');
  });

  it.each([
    ['a body that does not parse', { upgrade: 'const = 1;' }, {}, /syntax error in line \d+/],
    ['a body that ends the function', { upgrade: '}\nthrow new Error("run");{' }, {}, /does not load/],
    ['a template that lost a function', {}, { upgrade: 'up' }, /exports no 'upgrade'/],
    [
      'a template with constants of its own',
      {},
      { "'nest-migrate';": "'nest-migrate';\nexport const services = ['x'];" },
      /says/,
    ],
  ])('leaves nothing behind after %s', async (_name, options, replacements, problem) => {
    const directory = await folder.directory();
    let template = revisionTemplate;
    for (const [from, to] of Object.entries(replacements))
      template = template.replace(`function ${from}`, `function ${to}`).replace(from, to);
    if (template !== revisionTemplate)
      folder.write({ 'migrations/revision.template': template.replaceAll('${up}', '${upgrade}') });
    const work = write({ directory, ...options });
    await expect(work).rejects.toMatchObject({ code: 'REVISION_NOT_WRITTEN' });
    await expect(work).rejects.toThrow(problem);
    expect(readdirSync(join(directory.path, 'versions'))).toEqual(['.gitkeep']);
  });

  it('goes to another version location, or a folder in one, only if it is one', async () => {
    const { path } = await folder.directory();
    folder.write({ 'more/package.json': '{"type":"module"}' });
    const more = join(folder.path, 'more');
    const directory = await folder.directory({}, { versionLocations: [more] });
    expect(await write({ directory, versionPath: more })).toBe(join(more, '3f2a9c1b7d10_add_users.ts'));
    expect(await write({ directory, versionPath: join(more, 'a/b'), revision: 'b' })).toBe(
      join(more, 'a/b/b_add_users.ts'),
    );
    for (const versionPath of [path, join(more, '..'), join(more, '../elsewhere'), join(more, 'node_modules/x')]) {
      await expect(write({ directory, versionPath })).rejects.toMatchObject({ code: 'VERSION_PATH_UNKNOWN' });
    }
    expect(await directory.read()).toHaveLength(2);
  });

  it('goes where the revision is that it follows, and asks where there is none', async () => {
    folder.write({ 'more/package.json': '{"type":"module"}', 'migrations/versions/inner/.gitkeep': '' });
    const [more, inner] = [join(folder.path, 'more'), join(folder.path, 'migrations/versions/inner')];
    const directory = await folder.directory({}, { versionLocations: [more, inner] });
    for (const location of [more, inner, join(directory.path, 'versions')]) {
      const [revision = ''] = basename(location);
      const follows = join(location, 'x.ts');
      expect(await write({ directory, follows, revision })).toBe(join(location, `${revision}_add_users.ts`));
    }
    const asked = write({ directory });
    await expect(asked).rejects.toThrow('Multiple version locations present, please specify --version-path.');
    await expect(asked).rejects.toThrow(inner);
  });

  it('names an unknown time zone', async () => {
    await expect(write({ timezone: 'Mars/Base' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      option: 'timezone',
    });
  });
});

describe('the name of a new file', () => {
  const time = creationTime(now, 'UTC');
  const nameOf = (template: string, revision = 'abc', slug = 'add_users') =>
    revisionFileName(template, { revision, slug, time, extension: '.ts' });

  it("follows Alembic's tokens", () => {
    expect(nameOf('%(rev)s_%(slug)s')).toBe('abc_add_users.ts');
    expect(nameOf('%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s')).toBe(
      '2026_11_20_1000-abc.ts',
    );
    expect(nameOf('%(epoch)s_%(second)d_%(second).2d_100%%')).toBe('1795168800_0_00_100%.ts');
    expect(nameOf('%(day)04d/%(rev).2s-%(slug)s')).toBe('0020/ab-add_users.ts');
  });

  it('names an unknown token, and a path that leads out or is not searched', () => {
    expect(() => nameOf('%(author)s')).toThrow(/fileTemplate.*%\(author\)s/);
    for (const path of ['../%(rev)s', '/%(rev)s', 'a//%(rev)s', 'a/./%(rev)s', '%(rev)s/', '..']) {
      expect(() => nameOf(path)).toThrow(/is no path within a version location/);
    }
    for (const path of ['.a/%(rev)s', 'node_modules/%(rev)s', '.%(rev)s']) {
      expect(() => nameOf(path)).toThrow(/puts revisions where none are looked for/);
    }
  });

  it('never leaves its folder, and is found again', () => {
    const template = fc.constantFrom(
      ...['%(rev)s_%(slug)s', '%(slug)s.%(rev)s', '%(rev)s', '%(slug)s%(rev)s', '%(slug)s/%(rev)s'],
      ...[
        '%(rev)s/%(slug)s/%(year)d',
        '%(rev).3s/%(slug)s',
        '%(slug)40s',
        'C:/%(rev)s',
        '%(rev)s\0/%(slug)s',
        '\\%(rev)s',
      ],
    );
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '\0',
        'a.spec',
        'test',
        'x.d',
        '',
        'C:',
        ' ',
        'a\u2028b',
        '\u{1f600}'.repeat(100),
      ),
      fc.constantFrom('node_modules', '.git', 'con', '../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../..'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(template, part, part, (pattern, revision, slug) => {
        const name = nameOf(pattern, revision, slug);
        const parts = name.split('/');
        expect(parts).toHaveLength(pattern.split('/').length);
        expect(isRevisionFileName(parts.at(-1) ?? '')).toBe(true);
        expect(isWithin('/location', resolve('/location', name))).toBe(true);
        expect(name).not.toMatch(/[\\\0:]/);
        for (const each of parts) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the slug', () => {
  it.each([
    ['Add users', 40, 'add_users'],
    ['', 40, ''],
    ['  "quoted" -- and/or  ', 40, 'quoted_and_or'],
    ['Größe_ändern Ünïcode', 40, 'größe_ändern_ünïcode'],
    ['a'.repeat(40), 40, 'a'.repeat(40)],
    ['a'.repeat(41), 40, 'a'.repeat(40) + '_'],
    ['this is a really long message that needs cutting', 40, 'this_is_a_really_long_message_that_'],
    ['one two', 4, 'one_'],
  ])('of %j cut at %d is %j', (message, limit, slug) => {
    expect(slugOf(message, limit)).toBe(slug);
  });
});

describe('the creation time', () => {
  it.each([
    ['UTC', '2026-11-20T10:00:00+00:00'],
    ['America/New_York', '2026-11-20T05:00:00-05:00'],
    ['europe/berlin', '2026-11-20T11:00:00+01:00'],
    ['Pacific/Kiritimati', '2026-11-21T00:00:00+14:00'],
  ])('in %s has its offset', (timezone, iso) => {
    expect(creationTime(now, timezone).iso).toBe(iso);
    expect(new Date(iso).getTime()).toBe(now.getTime() - 750);
  });
});
