import { Module } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { type DbLogger } from '../db-logger.js';
import { COMMAND_SESSION, type CommandSession } from '../command-session.js';
import { NestMigrateDbCommand, subCommands } from './db.command.js';

/**
 * Parses the arguments and runs the command that they name, in a Nest context that holds nothing but these commands:
 * whatever commands the application has of its own stay out of sight. Fresh for every call, since commander keeps
 * options from one run to the next.
 *
 * @throws UsageError where they name none; Told where they asked for help.
 */
export async function runCommands(session: CommandSession, args: readonly string[], logger: DbLogger): Promise<void> {
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
    helpConfiguration: {
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`.trimEnd(),
    },
    serviceErrorHandler: (error) => {
      throw error;
    },
  });
  try {
    await app.get(CommandRunnerService).run(['node', session.group, ...args]);
  } finally {
    await app.close();
  }
}
