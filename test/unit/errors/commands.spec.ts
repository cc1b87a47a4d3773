import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type MigrationError } from 'nest-migrate';
import { samples } from './samples.ts';

const source = resolve('libs/nest-migrate/src');

function all(name: string): readonly [label: string, error: MigrationError][] {
  return Object.entries(samples(name)).flatMap(([label, errors]) =>
    errors.map((error, index): [string, MigrationError] => [index === 0 ? label : `${label} ${index + 1}`, error]),
  );
}

/** Says what word was typed, and is thrown where no command runs. */
const tellsOfTheWord = ['DbLineMissingError'];

describe('every error', () => {
  it('has samples', () => {
    const classes = readdirSync(join(source, 'errors')).flatMap((file) =>
      [...readFileSync(join(source, 'errors', file), 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name]) => name),
    );
    const sampled = Object.entries(samples('a')).filter(([, errors]) => errors.length > 0);
    expect(sampled.map(([name]) => name).sort()).toEqual(classes.sort());
  });

  it('names the commands by the word that the application gives to the group', () => {
    const anyName = fc.string().filter((name) => !/db/i.test(name));
    fc.assert(
      fc.property(anyName, fc.constantFrom('schema', 'migrations'), (name, group) => {
        for (const [label, error] of all(name)) {
          const { message, cure } = error.textFor(group);
          if (!tellsOfTheWord.includes(label)) expect(`${message} ${cure}`).not.toMatch(/\bdb\b/);
          // what names no command is the same for every group
          if (error.commands.length === 0)
            expect({ message, cure }).toEqual({ message: error.message, cure: error.cure });
          for (const { command } of error.commands) expect(message).toContain(`${group} ${command}`);
        }
      }),
      // a name of blanks, and one that makes a message too long for another one
      {
        numRuns: 20,
        examples: [
          ['  ', 'schema'],
          ['x'.repeat(600), 'schema'],
        ],
      },
    );
  });

  it('says db where nothing was told, in the same words', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        for (const [, error] of all(name)) {
          const told = { message: error.message, cure: error.cure };
          expect(error.textFor('db')).toEqual(told);
          expect(error.textFor()).toEqual(told);
        }
      }),
      { numRuns: 10 },
    );
  });

  it.each(all('ae10'))('keeps its text: %s', (_, error) => {
    expect(error.message).toMatchSnapshot();
  });
});

describe('a text of a room below the doors', () => {
  const doors = ['cli', 'nest', 'schematics', 'testing'];
  const rooms = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(rooms.map(({ name }) => name).filter((name) => !doors.includes(name)))(
    'spells no command line: %s',
    (room) => {
      const spelled = readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => codeOf(join(source, room, file)).filter((line) => /\bdb [a-z$-]/.test(line)));
      expect(spelled.filter((line) => !line.includes('its main.ts does not run db commands'))).toEqual([]);
    },
  );
});

/** The lines of a file without its comments. */
function codeOf(path: string): readonly string[] {
  const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return code.replace(/^\s*\/\/.*$/gm, '').split('\n');
}
