import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const source = resolve('libs/nest-migrate/src');

/** Who may import whom: the design's table. Types count as well: that is how circles begin. */
const rooms: Record<string, { rooms: string[]; packages: RegExp }> = {
  errors: { rooms: [], packages: /^$/ },
  revision: { rooms: ['errors'], packages: /^$/ },
  operations: { rooms: ['errors'], packages: /^$/ },
  // a room inside of engines: the schema model is written and read with it, and no engine stands behind it
  'engines/sql': { rooms: ['errors', 'operations'], packages: /^@mikro-orm\/sql$/ },
  schema: { rooms: ['errors', 'operations', 'engines/sql'], packages: /^@mikro-orm\/sql$/ },
  engines: {
    rooms: ['errors', 'operations', 'schema', 'engines/sql'],
    packages: /^(@mikro-orm\/(core|sql)|node:crypto)$/,
  },
  script: {
    rooms: ['errors', 'revision'],
    packages: /^(acorn|get-tsconfig|node:(fs|fs\/promises|path|url|crypto|module|child_process|readline))$/,
  },
  autogenerate: {
    rooms: ['errors', 'operations', 'schema', 'engines', 'engines/sql'],
    packages: /^@mikro-orm\/(core|sql)$/,
  },
  runtime: {
    rooms: ['errors', 'revision', 'operations', 'engines', 'engines/sql'],
    packages: /^(@mikro-orm\/(core|sql)|@opentelemetry\/api|node:(path|crypto|timers\/promises|sqlite))$/,
  },
  // scratch databases and what is learnt from them: loaded by the commands that rehearse, and by no other
  rehearsal: {
    rooms: ['errors', 'engines', 'script', 'runtime'],
    packages: /^(@mikro-orm\/(sql|pglite)|node:(os|path|crypto|timers\/promises))$/,
  },
  // what a run will do, from what was measured: pure, without SQL and files; loaded by the commands that plan
  plan: { rooms: ['errors', 'operations', 'schema', 'engines', 'engines/sql'], packages: /^$/ },
  // readers of the histories of other tools; loaded by the command that imports
  import: {
    rooms: ['errors', 'operations', 'engines', 'engines/sql', 'script'],
    packages: /^(@mikro-orm\/(core|sql)|node:(path|url|crypto|module))$/,
  },
  commands: {
    rooms: [
      'errors',
      'revision',
      'operations',
      'schema',
      'engines',
      'engines/sql',
      'script',
      'autogenerate',
      'runtime',
      'rehearsal',
      'plan',
      'import',
    ],
    packages: /^(@mikro-orm\/sql|node:(path|url|crypto))$/,
  },
  nest: {
    rooms: ['errors', 'commands'],
    packages: /^(@nestjs\/(common|core)|@mikro-orm\/(core|sql|nestjs)|reflect-metadata|node:(os|async_hooks|http))$/,
  },
  cli: {
    rooms: ['errors', 'commands', 'nest'],
    packages: /^(@nestjs\/(common|core)|nest-commander|@mikro-orm\/(core|sql|nestjs)|reflect-metadata|node:[a-z_/]+)$/,
  },
  // the schematic of `nest add`: it reads the application's files with the application's own compiler, and runs nothing
  schematics: {
    rooms: ['script', 'cli'],
    packages: /^(typescript|node:(module|path|url|util))$/,
  },
  // a door of its own; Nest, and what starts a part of an application, it loads only for one that is handed over
  testing: {
    rooms: ['errors', 'script', 'runtime', 'rehearsal', 'commands', 'nest', 'cli'],
    packages: /^(@mikro-orm\/(sql|pglite)|node:(os|path|crypto|timers\/promises))$/,
  },
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

/** The room that a file is in: the innermost folder that the table names. */
function roomOf(file: string): string {
  const [outer, inner] = file.split('/');
  return `${outer}/${inner}` in rooms ? `${outer}/${inner}` : outer;
}

function importsOf(text: string): string[] {
  // templates of revisions hold imports of their own
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/`[^`]*`/g, '');
  const patterns = [
    /^(?:import|export)\b[^';]*?\bfrom\s+'([^']+)'/gm,
    /\bimport\(\s*'([^']+)'\s*\)/g,
    /^import\s+'([^']+)'/gm,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

describe('the direction of imports', () => {
  it.each(Object.keys(rooms))('%s imports only what the table allows', (room) => {
    const forbidden: string[] = [];
    for (const { file, text } of files.filter((entry) => roomOf(entry.file) === room)) {
      for (const specifier of importsOf(text)) {
        if (specifier.startsWith('.')) {
          const target = roomOf(relative(source, resolve(source, dirname(file), specifier)));
          if (target !== room && !rooms[room].rooms.includes(target)) forbidden.push(`${file} -> ${specifier}`);
        } else if (!rooms[room].packages.test(specifier)) forbidden.push(`${file} -> ${specifier}`);
      }
    }
    expect(forbidden).toEqual([]);
  });

  it('knows every room', () => {
    const found = new Set(files.map(({ file }) => file.split('/')[0]).filter((name) => !name.endsWith('.ts')));
    expect([...found].filter((room) => !(room in rooms))).toEqual([]);
  });

  it('reaches the disk in one file', () => {
    const touching = files.filter(({ text }) => importsOf(text).some((name) => name.startsWith('node:fs')));
    expect(touching.map(({ file }) => file)).toEqual(['script/file-system.ts']);
  });

  it('runs other programs in one file below the doors: post-write hooks belong to the writing of files', () => {
    const touching = files.filter(
      ({ file, text }) => !file.startsWith('cli/') && importsOf(text).includes('node:child_process'),
    );
    expect(touching.map(({ file }) => file)).toEqual(['script/run-program.ts']);
  });

  it('imports nest-commander in one file, which is behind a dynamic import', () => {
    const touching = files.filter(({ text }) => importsOf(text).includes('nest-commander'));
    expect(touching.map(({ file }) => file)).toEqual(['cli/commander-host.ts']);
    const entering = files.filter(({ text }) => /from '[^']*commander-host\.js'/.test(text));
    expect(entering.map(({ file }) => file)).toEqual([]);
  });

  it('imports OpenTelemetry in one file, behind a dynamic import', () => {
    const touching = files.filter(({ text }) => importsOf(text).includes('@opentelemetry/api'));
    expect(touching.map(({ file }) => file)).toEqual(['runtime/telemetry.ts']);
    expect(touching[0]?.text).not.toMatch(/from '@opentelemetry/);
  });

  it('uses process and console at the doors alone', () => {
    const touching = files.filter(
      ({ file, text }) =>
        !/^(nest|cli|testing|schematics)\//.test(file) &&
        /(^|[^.\w'])(process|console)\.\w/m.test(text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')),
    );
    expect(touching.map(({ file }) => file)).toEqual([]);
  });

  it('quotes names and writes literals in one file', () => {
    const byHand = [
      // doubles a quote, or reads a doubled one
      /replaceAll\((['"`])(['"`])\2?\1, (['"`])\2{1,2}\3\)/,
      // has MikroORM quote a value
      /\.quoteValue\(|platform\.escape\(/i,
    ];
    // puts quotes around a value in SQL; elsewhere such text is for people
    const around = /(?:[=(,]|\b(?:as|else|in|like|select|then|when)) ?'\$\{/;
    const quoting = files.filter(
      ({ file, text }) =>
        byHand.some((pattern) => pattern.test(text)) || (file.startsWith('engines/') && around.test(text)),
    );
    expect(quoting.map(({ file }) => file).sort()).toEqual([
      'engines/sql/quoting.ts',
      // a value of PostgreSQL's enums, where operations are reversed, which know no engine
      'operations/enum-renames.ts',
    ]);
  });
});
