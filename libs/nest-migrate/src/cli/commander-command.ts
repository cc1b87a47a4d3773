import { version } from '../commands/command-context.js';
import { nearestName } from '../errors/nearest-name.js';
import { CommandExit, type CommandSession } from './command-session.js';
import { argumentTerm } from './definition/argument.js';
import { type Command } from './definition/define-command.js';
import { helpText } from './definition/help-text.js';
import { commandHelp, groupHelp, groupUsage, helpOption, versionOption } from './definition/help.js';
import { asUsageError, usageError } from './definition/misuse.js';
import { type Options } from './definition/option.js';
import { ExitCode } from './exit-code.js';
import { acceptNegativeNumbers, type OptionParser } from './negative-numbers.js';
import { assertNothingLost } from './npm-arguments.js';
import { commonOptions } from './options/common-options.js';
import { asksForJson } from './present/failure-json.js';

/** The part of commander's command that definitions are declared on: the package is nest-commander's dependency, not ours. */
export interface CommanderCommand extends OptionParser {
  readonly parent: CommanderCommand | null;
  readonly args: string[];
  name(): string;
  name(name: string): unknown;
  opts(): Record<string, unknown>;
  version(text: string, flags: string, description: string): unknown;
  usage(text: string): unknown;
  addHelpCommand(nameAndArguments: string, description: string): unknown;
  helpOption(flags: string, description: string): unknown;
  argument(term: string, description: string): unknown;
  option(flags: string, description: string): unknown;
  option(flags: string, description: string, read: (typed: string, before: unknown) => unknown): unknown;
  allowExcessArguments(allow: boolean): unknown;
  exitOverride(end: (error: { code: string; exitCode: number; message: string }) => never): unknown;
  hook(event: 'preSubcommand', listener: (group: CommanderCommand, command: CommanderCommand) => void): unknown;
  outputHelp(context: { error: boolean }): void;
}

/** Declares a command as its definition has it. */
export function declareCommand(command: CommanderCommand, definition: Command, group: string): void {
  const path = `${group} ${definition.name}`;
  throwInsteadOfExit(command, path);
  acceptNegativeNumbers(command);
  command.allowExcessArguments(false);
  command.helpOption(helpOption.flags, helpOption.description);
  for (const [name, argument] of Object.entries(definition.arguments))
    command.argument(argumentTerm(name, argument), argument.description);
  declareOptions(command, definition.options, path);
}

/** Declares the group, which is the program's root, so that usage lines start with what people type. */
export function declareGroup(command: CommanderCommand, { group, args, launchedBy }: CommandSession): void {
  throwInsteadOfExit(command, group);
  command.name(group);
  command.version(`nest-migrate ${version}`, versionOption.flags, versionOption.description);
  command.usage(groupUsage);
  command.addHelpCommand('help [command]', 'Show help');
  command.helpOption(helpOption.flags, helpOption.description);
  declareOptions(command, commonOptions, group);
  // before the command reads its arguments: with a part of them gone they may not even fit
  command.hook('preSubcommand', (_, { options }) => {
    if (launchedBy === undefined) return;
    assertNothingLost({ group, args, options: [...command.options, ...options], env: launchedBy });
  });
}

/** What a call of the group does that names no command. `commands` are those that could be meant. */
export function runGroup(command: CommanderCommand, session: CommandSession, commands: readonly Command[]): void {
  const [first] = command.args;
  if (first === undefined) {
    command.outputHelp({ error: true });
    session.failure = { error: new CommandExit(ExitCode.usage), verbose: false, json: false };
    return;
  }
  const json = asksForJson(session.args);
  session.failure = { error: unknownWord(first, session.group, commands), verbose: false, json };
}

/** Where commander's output goes. */
export function outputConfiguration({ terminal }: CommandSession): object {
  return {
    writeOut: (text: string) => terminal.write(text),
    writeErr: (text: string) => terminal.writeNote(text),
    // an error is thrown as well, and told once where all are
    outputError: () => undefined,
    getOutHelpWidth: () => terminal.width,
    getErrHelpWidth: () => terminal.width,
  };
}

/** How commander's help is written: from the definitions. */
export function helpConfiguration(
  { group, terminal }: CommandSession,
  commands: readonly Command[],
): { readonly formatHelp: (command: CommanderCommand) => string } {
  return {
    formatHelp: (command) => {
      const definition = command.parent === null ? undefined : commands.find(({ name }) => name === command.name());
      const page = definition === undefined ? groupHelp(commands, group) : commandHelp(definition, group);
      return helpText(page, terminal.width);
    },
  };
}

/**
 * Refuses `help` for what is no command, of which commander shows the group's.
 *
 * @throws UsageError
 */
export function assertHelpKnown([first, word]: readonly string[], group: string, commands: readonly Command[]): void {
  if (first !== 'help' || word === undefined || word.startsWith('-') || word === 'help') return;
  if (!commands.some(({ name }) => name === word)) throw unknownWord(word, group, commands);
}

function declareOptions(command: CommanderCommand, options: Options, path: string): void {
  for (const option of Object.values(options)) {
    const { flags, description } = option;
    if (option.read === undefined) command.option(flags, description);
    else {
      const read = (typed: string, before: unknown): unknown => {
        try {
          return option.read?.(typed, before);
        } catch (error) {
          throw asUsageError(path, error);
        }
      };
      command.option(flags, description, read);
    }
  }
}

/**
 * Makes a command end in an exception where commander would end the process. Subcommands of nest-commander inherit
 * nothing from their parent, so each needs it.
 */
function throwInsteadOfExit(command: CommanderCommand, path: string): void {
  const ends = ['commander.helpDisplayed', 'commander.help', 'commander.version'];
  command.exitOverride(({ code, exitCode, message }) => {
    if (ends.includes(code)) throw new CommandExit(exitCode === 0 ? ExitCode.done : ExitCode.usage);
    throw usageError(path, message.replace(/^error: /, ''));
  });
}

function unknownWord(word: string, group: string, commands: readonly Command[]): Error {
  if (word.startsWith('-')) return usageError(group, `unknown option '${word}'`);
  const meant = nearestName(
    word,
    commands.map(({ name }) => name),
  );
  return usageError(group, `unknown command '${word}'${meant === undefined ? '' : `, did you mean '${meant}'?`}`);
}
