import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commands } from '../../../libs/nest-migrate/src/cli/commands/all-commands.js';
import { optionalWord, words } from '../../../libs/nest-migrate/src/cli/definition/argument.js';
import { defineCommand } from '../../../libs/nest-migrate/src/cli/definition/define-command.js';
import { flag, names } from '../../../libs/nest-migrate/src/cli/definition/option.js';
import { nothing } from '../../../libs/nest-migrate/src/cli/definition/scope.js';
import { lockOptions } from '../../../libs/nest-migrate/src/cli/options/run-options.js';
import { type CommandSession } from '../../../libs/nest-migrate/src/cli/command-session.js';
import { Terminal } from '../../../libs/nest-migrate/src/cli/terminal.js';

describe('each command', () => {
  it('is one file of cli/commands, and one line of its list', () => {
    const files = readdirSync('libs/nest-migrate/src/cli/commands').filter((file) => file !== 'all-commands.ts');
    expect(files.toSorted()).toEqual(commands.map(({ name }) => `${name}.command.ts`).toSorted());
  });

  it.each(commands)('$name keeps each option under the name of its long flag', ({ options }) => {
    const long = Object.values(options).map(({ flags }) => /--([\w-]+)/.exec(flags)?.[1] ?? '');
    expect(Object.keys(options)).toEqual(long.map(camelCase));
  });

  it.each(commands)('$name has no argument with the name of an option', (command) => {
    const taken = Object.keys(command.options);
    expect(Object.keys(command.arguments).filter((name) => taken.includes(name))).toEqual([]);
  });

  it.each(commands)('$name has examples of itself', ({ name, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const [line] of examples) expect(line.split(' ')[0]).toBe(name);
  });
});

describe('what a command gets', () => {
  it('is what it declares, by name and type', async () => {
    const got: unknown[] = [];
    const command = defineCommand({
      name: 'sample',
      group: 'Set up',
      description: 'Show what it was given',
      arguments: { revision: optionalWord('one'), others: words('the rest') },
      options: { force: flag('--force', 'a flag'), label: names('--label <name>', 'names'), ...lockOptions },
      examples: [],
      on: nothing,
      run: async ({ given }) => {
        const revision: string | undefined = given.revision;
        const others: readonly string[] = given.others;
        const force: boolean | undefined = given.force;
        const label: readonly string[] | undefined = given.label;
        const lockWaitTimeout: number | undefined = given.lockWaitTimeout;
        const verbose: boolean | undefined = given.verbose; // common
        got.push(revision, others, force, label, lockWaitTimeout, verbose);
        // @ts-expect-error: an option of other commands
        got.push(given.sql);
      },
    });
    const options = { force: true, label: ['a'], lockWaitTimeout: 5 };
    await command.execute(session(), { words: ['ae10', 'b', 'c'], options });
    expect(got).toEqual(['ae10', ['b', 'c'], true, ['a'], 5, undefined, undefined]);
  });

  it('without arguments and options of its own are the common ones', async () => {
    const got: unknown[] = [];
    const command = defineCommand({
      name: 'sample',
      group: 'Set up',
      description: 'Show what it was given',
      examples: [],
      on: nothing,
      run: async ({ given, ...call }) => {
        // @ts-expect-error: a command that starts nothing has no service
        got.push(call.migrations);
        got.push(given.directory);
        // @ts-expect-error: it declares none
        got.push(given.revision);
      },
    });
    await command.execute(session(), { words: [], options: { directory: 'other' } });
    expect(got).toEqual([undefined, 'other', undefined]);
  });
});

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function session(): CommandSession {
  const nowhere = { write: () => undefined };
  return {
    group: 'db',
    terminal: new Terminal({ stdout: nowhere, stderr: nowhere }, {}),
    signal: new AbortController().signal,
    args: [],
    connections: async () => [],
  };
}
