import { Module } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { type DbLogger } from '../db-logger.js';
import { COMMAND_SESSION, type CommandSession } from '../command-session.js';
import { type CommanderCommand } from './commander.js';
import { NestMigrateDbCommand, subCommands } from './db.command.js';
import { Terminal } from '../terminal.js';
import { type HelpTable, helpTables, helpText } from './help.js';

/** The commands, made for one call. */
export interface Commands {
  /** The group, as commander has it. */
  readonly group: CommanderCommand;
  run(args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes the commands in a Nest context that holds nothing else: whatever commands the application has of its own stay
 * out of sight. Fresh for every call, since commander keeps options from one run to the next.
 */
export async function createCommands(session: CommandSession, logger: DbLogger): Promise<Commands> {
  const { terminal } = session;
  class NestMigrateDbCommandsModule {}
  Module({ providers: [NestMigrateDbCommand, ...subCommands, { provide: COMMAND_SESSION, useValue: session }] })(
    NestMigrateDbCommandsModule,
  );
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
    helpConfiguration: { formatHelp: (command) => helpText(command, terminal.width) },
    serviceErrorHandler: (error) => {
      throw error;
    },
  });
  const group = app.get(NestMigrateDbCommand);
  return {
    group: group.group,
    run: async (args) => {
      group.assertHelpKnown(args);
      await app.get(CommandRunnerService).run(['node', session.group, ...args]);
    },
    close: () => app.close(),
  };
}

/**
 * Parses the arguments and runs the command that they name.
 *
 * @throws UsageError where they name none; Told where they asked for help.
 */
export async function runCommands(session: CommandSession, args: readonly string[], logger: DbLogger): Promise<void> {
  const commands = await createCommands(session, logger);
  try {
    await commands.run(args);
  } finally {
    await commands.close();
  }
}

/** The group and what the help of each command says, for the reference among the guides. Starts no application. */
export async function commandsForReference(): Promise<{
  readonly group: CommanderCommand;
  readonly tablesOf: (command: CommanderCommand) => readonly HelpTable[];
}> {
  const nowhere = { write: () => undefined };
  const session: CommandSession = {
    group: 'db',
    terminal: new Terminal({ stdout: nowhere, stderr: nowhere }, {}),
    signal: new AbortController().signal,
    args: [],
    connections: async () => [],
  };
  const commands = await createCommands(session, false);
  await commands.close();
  return { group: commands.group, tablesOf: helpTables };
}
