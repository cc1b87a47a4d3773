import { Module, type Type } from '@nestjs/common';
import { CommandFactory, CommandRunner, CommandRunnerService, RootCommand, SubCommand } from 'nest-commander';
import { type CommandSession } from './command-session.js';
import {
  assertHelpKnown,
  declareCommand,
  declareGroup,
  helpConfiguration,
  outputConfiguration,
  runGroup,
} from './commander-command.js';
import { commands } from './commands/all-commands.js';
import { type DbLogger } from './db-logger.js';
import { type Command } from './definition/define-command.js';
import { groupDescription } from './definition/help.js';
import { type CommonValues, withGroup } from './options/common-options.js';
import { runCommand } from './run-command.js';

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
  const app = await CommandFactory.createWithoutRunning(NestMigrateDbCommandsModule, {
    logger,
    abortOnError: false,
    // options after a command are the command's alone: `-m "-x …"` is a message
    enablePositionalOptions: true,
    outputConfiguration: outputConfiguration(session),
    helpConfiguration: helpConfiguration(session, commands),
    serviceErrorHandler: (error) => {
      throw error;
    },
  });
  try {
    assertHelpKnown(args, session.group, commands);
    await app.get(CommandRunnerService).run(['node', session.group, ...args]);
  } finally {
    await app.close();
  }
}

/** The class of a command, as nest-commander wants it. */
function commandRunner(definition: Command, session: CommandSession): Type<CommandRunner> {
  class Runner extends CommandRunner {
    override setCommand(command: CommanderCommand): this {
      declareCommand(command, definition, session.group);
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

/** The class of the group. */
function groupRunner(subCommands: Type<CommandRunner>[], session: CommandSession): Type<CommandRunner> {
  class NestMigrateDbGroup extends CommandRunner {
    override setCommand(command: CommanderCommand): this {
      declareGroup(command, session);
      return super.setCommand(command);
    }

    override async run(): Promise<void> {
      runGroup(this.command, session, commands);
    }
  }
  // both are refused in run(), where the command that was meant can be told
  const lenient = { allowUnknownOptions: true, allowExcessArgs: true };
  RootCommand({ name: 'db', description: groupDescription, subCommands, ...lenient })(NestMigrateDbGroup);
  return NestMigrateDbGroup;
}
