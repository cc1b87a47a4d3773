import { Module, type Type } from '@nestjs/common';
import { CommandFactory, CommandRunner, CommandRunnerService, RootCommand, SubCommand } from 'nest-commander';
import { version } from '../commands/command-context.js';
import { nearestName } from '../errors/nearest-name.js';
import { CommandExit, type CommandSession } from './command-session.js';
import { commands } from './commands/all-commands.js';
import { type DbLogger } from './db-logger.js';
import { argumentTerm } from './definition/argument.js';
import { type Command } from './definition/define-command.js';
import { helpText } from './definition/help-text.js';
import { commandHelp, groupDescription, groupHelp, groupUsage, helpOption, versionOption } from './definition/help.js';
import { asUsageError, usageError } from './definition/misuse.js';
import { type Options } from './definition/option.js';
import { ExitCode } from './exit-code.js';
import { acceptNegativeNumbers } from './negative-numbers.js';
import { assertNothingLost } from './npm-arguments.js';
import { type CommonValues, commonOptions, withGroup } from './options/common-options.js';
import { asksForJson } from './present/failure-json.js';
import { runCommand } from './run-command.js';

/** commander's command; its package is nest-commander's dependency, not ours. */
type CommanderCommand = Parameters<CommandRunner['setCommand']>[0];

/**
 * Parses the arguments and runs the command that they name. nest-commander gets the commands in a Nest context that
 * holds nothing else: commands that the application has of its own stay out of sight. The context is made for each
 * call, since commander keeps options from one run to the next.
 *
 * @throws UsageError where the arguments name no command; CommandExit where they asked for help.
 */
export async function runCommandLine(
  session: CommandSession,
  args: readonly string[],
  logger: DbLogger,
): Promise<void> {
  const runners = commands.map((command) => commandRunner(command, session));
  class NestMigrateDbCommandsModule {}
  Module({ providers: [groupRunner(runners, session), ...runners] })(NestMigrateDbCommandsModule);
  const { terminal } = session;
  const app = await CommandFactory.createWithoutRunning(NestMigrateDbCommandsModule, {
    logger,
    abortOnError: false,
    // options after a command are the command's alone: `-m "-x …"` is a message
    enablePositionalOptions: true,
    outputConfiguration: {
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.writeNote(text),
      // an error is thrown as well, and told once where all are
      outputError: () => undefined,
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
    },
    helpConfiguration: { formatHelp: (command) => helpText(helpOf(command, session.group), terminal.width) },
    serviceErrorHandler: (error) => {
      throw error;
    },
  });
  try {
    assertHelpKnown(args, session.group);
    await app.get(CommandRunnerService).run(['node', session.group, ...args]);
  } finally {
    await app.close();
  }
}

/** The class of a command, as nest-commander wants it. */
function commandRunner(definition: Command, session: CommandSession): Type<CommandRunner> {
  const path = `${session.group} ${definition.name}`;
  class Runner extends CommandRunner {
    override setCommand(command: CommanderCommand): this {
      throwInsteadOfExit(command, path);
      acceptNegativeNumbers(command);
      command.allowExcessArguments(false).helpOption(helpOption.flags, helpOption.description);
      for (const [name, argument] of Object.entries(definition.arguments))
        command.argument(argumentTerm(name, argument), argument.description);
      declareOptions(command, definition.options, path);
      return super.setCommand(command);
    }

    override async run(words: string[]): Promise<void> {
      const group: CommonValues = this.command.parent?.opts() ?? {};
      await runCommand(definition, session, { words, options: withGroup(group, this.command.opts()) });
    }
  }
  // nest-commander finds classes by their names
  Object.defineProperty(Runner, 'name', { value: `NestMigrateDbCommand ${definition.name}` });
  SubCommand({ name: definition.name, description: definition.description })(Runner);
  return Runner;
}

/** The class of the group. It is the program's root, so that usage lines start with what people type. */
function groupRunner(subCommands: Type<CommandRunner>[], session: CommandSession): Type<CommandRunner> {
  const { group, args, launchedBy } = session;
  class NestMigrateDbGroup extends CommandRunner {
    override setCommand(command: CommanderCommand): this {
      throwInsteadOfExit(command, group);
      command
        .name(group)
        .version(`nest-migrate ${version}`, versionOption.flags, versionOption.description)
        .usage(groupUsage)
        .addHelpCommand('help [command]', 'Show help')
        .helpOption(helpOption.flags, helpOption.description);
      declareOptions(command, commonOptions, group);
      // before the command reads its arguments: with a part of them gone they may not even fit
      command.hook('preSubcommand', (_, { options }) => {
        if (launchedBy === undefined) return;
        assertNothingLost({ group, args, options: [...command.options, ...options], env: launchedBy });
      });
      return super.setCommand(command);
    }

    override async run([first]: string[]): Promise<void> {
      if (first === undefined) {
        this.command.outputHelp({ error: true });
        session.failure = { error: new CommandExit(ExitCode.usage), verbose: false, json: false };
        return;
      }
      session.failure = { error: unknownWord(first, group), verbose: false, json: asksForJson(args) };
    }
  }
  // both are refused in run(), where the command that was meant can be told
  const lenient = { allowUnknownOptions: true, allowExcessArgs: true };
  RootCommand({ name: 'db', description: groupDescription, subCommands, ...lenient })(NestMigrateDbGroup);
  return NestMigrateDbGroup;
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

function helpOf(command: CommanderCommand, group: string): Parameters<typeof helpText>[0] {
  const definition = command.parent === null ? undefined : commands.find(({ name }) => name === command.name());
  return definition === undefined ? groupHelp(commands, group) : commandHelp(definition, group);
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

/**
 * Refuses `help` for what is no command, of which commander shows the group's.
 *
 * @throws UsageError
 */
function assertHelpKnown([first, word]: readonly string[], group: string): void {
  if (first !== 'help' || word === undefined || word.startsWith('-') || word === 'help') return;
  if (!commands.some(({ name }) => name === word)) throw unknownWord(word, group);
}

function unknownWord(word: string, group: string): Error {
  if (word.startsWith('-')) return usageError(group, `unknown option '${word}'`);
  const names = commands.map(({ name }) => name);
  const meant = nearestName(word, names);
  return usageError(group, `unknown command '${word}'${meant === undefined ? '' : `, did you mean '${meant}'?`}`);
}
