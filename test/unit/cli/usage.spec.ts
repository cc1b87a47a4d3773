import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  commandsReference,
  readmePath,
  readmeWithCommands,
  referencePath,
} from '../../../scripts/commands-reference.ts';
import { reference } from '../../../libs/nest-migrate/src/cli/reference.js';
import { db } from './fake-session.js';

const commands = [
  ['init', 'db init [options]'],
  ['list-templates', 'db list-templates [options]'],
  ['revision', 'db revision [options]'],
  ['edit', 'db edit [options] [revision]'],
  ['migrate', 'db migrate [options]'],
  ['check', 'db check [options]'],
  ['merge', 'db merge [options] <revisions...>'],
  ['upgrade', 'db upgrade [options] [revision]'],
  ['downgrade', 'db downgrade [options] [revision]'],
  ['stamp', 'db stamp [options] [revisions...]'],
  ['ensure-version', 'db ensure-version [options]'],
  ['create-database', 'db create-database [options]'],
  ['fresh', 'db fresh [options]'],
  ['bundle', 'db bundle [options]'],
  ['current', 'db current [options]'],
  ['heads', 'db heads [options]'],
  ['branches', 'db branches [options]'],
  ['history', 'db history [options]'],
  ['show', 'db show [options] [revision]'],
] as const;

describe('bad usage is one line on stderr, exit code 2, and starts nothing', () => {
  it.each([
    [['nope'], "Error: Unknown command 'nope'. See db --help.\n"],
    [['ugprade'], "Error: Unknown command 'ugprade', did you mean 'upgrade'? See db --help.\n"],
    [['help', 'upgrde'], "Error: Unknown command 'upgrde', did you mean 'upgrade'? See db --help.\n"],
    [['hist', '-i'], "Error: Unknown command 'hist', did you mean 'history'? See db --help.\n"],
    [
      ['init', '--multidb', '-t', 'javascript'],
      'Error: --multidb means --template multidb, and there is --template javascript. See db init --help.\n',
    ],
    [['--bogus'], "Error: Unknown option '--bogus'. See db --help.\n"],
    [['--bogus', 'upgrade'], "Error: Unknown option '--bogus'. See db --help.\n"],
    [['upgrade', '--bogus'], "Error: Unknown option '--bogus'. See db upgrade --help.\n"],
    [['upgrade', '--tga', 't'], "Error: Unknown option '--tga' (Did you mean --tag?). See db upgrade --help.\n"],
    [
      ['upgrade', 'a', 'b'],
      "Error: Too many arguments for 'upgrade'. Expected 1 argument but got 2. See db upgrade --help.\n",
    ],
    [
      ['current', 'x'],
      "Error: Too many arguments for 'current'. Expected 0 arguments but got 1. See db current --help.\n",
    ],
    [
      ['verify', 'ae10:heads', '--base', 'main'],
      'Error: A range and --base both say which revisions are verified: give one of them. See db verify --help.\n',
    ],
    [
      ['verify', '--all', '--base', 'main'],
      'Error: --base and --all both say which revisions are verified: give one of them. See db verify --help.\n',
    ],
    [['merge'], "Error: Missing required argument 'revisions'. See db merge --help.\n"],
    [['migrate', '-m'], "Error: Option '-m, --message <text>' argument missing. See db migrate --help.\n"],
    [
      ['upgrade', '--lock-wait-timeout', 'soon'],
      "Error: --lock-wait-timeout needs a number of milliseconds, not 'soon'. See db upgrade --help.\n",
    ],
    [
      ['upgrade', '--lock-wait-timeout', '-1'],
      "Error: --lock-wait-timeout needs a number of milliseconds, not '-1'. See db upgrade --help.\n",
    ],
    [
      ['migrate', '--sql'],
      'Error: Using --sql with --autogenerate does not make any sense: what is in the database is read from it. See db migrate --help.\n',
    ],
    [
      ['revision', '--autogenerate', '--sql'],
      'Error: Using --sql with --autogenerate does not make any sense: what is in the database is read from it. See db revision --help.\n',
    ],
    [['-x', '=1', 'upgrade'], "Error: -x needs key=value, not '=1'. See db --help.\n"],
    [['upgrade', '-x', '=1'], "Error: -x needs key=value, not '=1'. See db upgrade --help.\n"],
  ])('db %j', async (argv, line) => {
    expect(await db(['db', ...argv])).toEqual({
      code: 2,
      stdout: '',
      stderr: line,
      calls: [],
      booted: false,
      closed: false,
    });
  });
});

describe('help', () => {
  it('db alone prints it to stderr and is bad usage', async () => {
    const { code, stdout, stderr } = await db(['db']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: db <command> [options]');
  });

  it('db --help lists every command with one line of purpose', async () => {
    const { code, stdout, stderr, booted } = await db(['db', '--help'], { streams: { columns: 120 } });
    expect([code, stderr, booted]).toEqual([0, '', false]);
    for (const [name] of commands) expect(stdout).toMatch(new RegExp(`^  ${name} .*  [A-Z]`, 'm'));
  });

  it.each(commands)('db %s --help says how to write it', async (name, usage) => {
    for (const argv of [
      [name, '--help'],
      [name, '-h'],
      ['help', name],
    ]) {
      const { code, stdout, stderr, booted } = await db(['db', ...argv]);
      expect([code, stderr, booted]).toEqual([0, '', false]);
      expect(stdout.split('\n')[0]).toBe(`Usage: ${usage}`);
      expect(stdout).toMatch(/\n\n[A-Z][^\n]*\n/);
      expect(stdout).toContain('-d, --directory <path>');
    }
  });

  it('db --version is the version of the package', async () => {
    const text = await readFile('libs/nest-migrate/package.json', 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    const line = `nest-migrate ${version}\n`;
    expect(await db(['db', '--version'])).toMatchObject({ code: 0, stdout: line, stderr: '', booted: false });
  });

  it.each(commands)(
    'db %s --help has examples, its own options before those of every command, and keeps to the width',
    async (name, _usage) => {
      const { stdout } = await db(['db', name, '--help'], { streams: { columns: 80 } });
      expect(stdout).toMatch(new RegExp(`\\nExamples:\\n  db ${name}`));
      const titles = [...stdout.matchAll(/^(\w[\w ]*):$/gm)].map((match) => match[1]);
      const order = ['Arguments', 'Options', 'Common options', 'Revisions', 'Ranges', 'Examples'];
      expect(titles).toEqual(order.filter((title) => titles.includes(title)));
      for (const columns of [60, 80, 120]) {
        const { stdout: text } = await db(['db', name, '--help'], { streams: { columns } });
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
    },
  );

  it('the group has each command under what it is for', async () => {
    const { stdout } = await db(['db', '--help']);
    expect(stdout).not.toContain('Other commands');
    expect(stdout).toMatch(/\n\nLook at the revisions:\n {2}heads /);
  });

  it('names the defaults and the ways to write a revision', async () => {
    const { stdout } = await db(['db', 'downgrade', '--help']);
    expect(stdout).toContain('(default: -1)');
    expect(stdout).toMatch(/Revisions:\n {2}-1 {2,}one step down/);
  });
});

describe('README.md', () => {
  it('has every command in its table; npm run docs:commands writes it', () => {
    const text = readFileSync(readmePath, 'utf8');
    expect(text).toBe(readmeWithCommands(text, reference()));
  });
});

describe('docs/guide/commands.md', () => {
  it('says what the commands say; npm run docs:commands writes it', () => {
    expect(readFileSync(referencePath, 'utf8')).toBe(commandsReference(reference()));
  });
});
