import { Inject } from '@nestjs/common';
import { CommandRunner, Option } from 'nest-commander';
import { COMMAND_SESSION, type CommandSession } from '../command-session.js';
import { usageError } from './commander.js';

/** The options that the group takes as well as each of its commands. */
export abstract class NestMigrateDbCommonOptions extends CommandRunner {
  constructor(@Inject(COMMAND_SESSION) protected readonly session: CommandSession) {
    super();
  }

  @Option({ flags: '-d, --directory <path>', description: 'script directory, instead of the configured one' })
  parseDirectory(value: string): string {
    return value;
  }

  @Option({ flags: '--context <name>', description: "connection to work on: MikroORM's contextName, or default" })
  parseContext(value: string): string {
    return value;
  }

  @Option({
    flags: '-x, --x-arg <key=value>',
    description: 'argument for the revisions, in op.xArguments (repeatable)',
  })
  parseXArgument(value: string, before: readonly string[] = []): readonly string[] {
    if (value === '' || value.startsWith('=')) throw usageError(this.command, `-x needs key=value, not '${value}'`);
    return [...before, value];
  }

  @Option({ flags: '--json', description: 'print the result as JSON, and a failure too' })
  parseJson(): boolean {
    return true;
  }

  @Option({ flags: '--output <file>', description: 'write the result to a file instead of stdout' })
  parseOutput(value: string): string {
    if (value === '') throw usageError(this.command, '--output needs the name of a file');
    return value;
  }

  @Option({ flags: '-v, --verbose', description: 'more output; the stack of an error' })
  parseVerbose(): boolean {
    return true;
  }

  @Option({ flags: '-q, --quiet', description: 'results and errors only: no progress, no hints' })
  parseQuiet(): boolean {
    return true;
  }
}
