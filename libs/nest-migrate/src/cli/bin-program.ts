import { createRequire } from 'node:module';
import { ApplicationNeeded } from '../commands/application-needed.js';
import { type Host } from '../commands/command-context.js';
import { Project } from '../commands/project.js';
import { BuiltMainMissingError } from '../errors/usage.errors.js';
import { type CommandSession } from './command-session.js';
import {
  assertHelpKnown,
  type CommanderCommand,
  declareCommand,
  declareGroup,
  helpConfiguration,
  outputConfiguration,
  runGroup,
} from './commander-command.js';
import { type MigrationCommands } from './connections.js';
import { groupArguments } from './db-arguments.js';
import { type Command, type TypedCommand } from './definition/define-command.js';
import { fileCommands } from './file-commands.js';
import { fileMigrations } from './file-migrations.js';
import { type CommonValues, withGroup } from './options/common-options.js';
import { asksForJson } from './present/failure-json.js';
import { runCommand } from './run-command.js';
import { sessionExitCode } from './session-exit-code.js';
import { type DbCommandStreams } from './streams.js';
import { type Environment, Terminal } from './terminal.js';

/** The program's name. */
const PROGRAM = 'nest-migrate';

/** Commander's command where no Nest host creates it. */
interface Program extends CommanderCommand {
  description(text: string): unknown;
  configureOutput(configuration: object): unknown;
  configureHelp(configuration: object): unknown;
  enablePositionalOptions(): unknown;
  passThroughOptions(): unknown;
  allowUnknownOption(): unknown;
  action(run: () => void | Promise<void>): unknown;
  addCommand(command: Program): unknown;
  parseAsync(args: readonly string[], from: { from: 'user' }): Promise<unknown>;
}

/** What a call of the program is made of. */
export interface BinCall {
  /** What was typed behind the program's name. */
  readonly argv: readonly string[];
  readonly host: Host;
  readonly streams: DbCommandStreams;
  readonly signal: AbortSignal;
  /** The environment, where the arguments are the process's own. */
  readonly launchedBy?: Environment;
}

/** What is left to do where the files are not enough: the application's own command. */
export interface ApplicationCall {
  readonly main: string;
  readonly nodeArguments: readonly string[];
  /** The group's word, and what follows it. */
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * Runs a command line of the program `nest-migrate`. The commands in {@link fileCommands} work on the files alone:
 * neither the application nor Nest, MikroORM or nest-commander is loaded.
 *
 * @returns the exit code; or what to start where the command needs the application.
 */
export async function runBin(call: BinCall): Promise<number | ApplicationCall> {
  const { argv, host, streams, signal, launchedBy } = call;
  // a person who knows the application's own commands types their word here too
  const args = groupArguments(groupArguments(argv, PROGRAM), 'db');
  const terminal = new Terminal(streams, host.env);
  let project: Promise<Project> | undefined;
  const projectHere = (): Promise<Project> => (project ??= Project.around(host));
  const session: CommandSession = {
    group: PROGRAM,
    terminal,
    signal,
    args,
    launchedBy,
    connections: async () => {
      // a test holds that the commands that come here use no other method
      const migrations = fileMigrations(await projectHere()) as MigrationCommands;
      return [{ name: 'default', migrations }];
    },
  };
  try {
    const needed = await runProgram(session, args);
    if (needed === undefined) return sessionExitCode(session);
    return await applicationCall(await projectHere(), args, needed);
  } catch (error) {
    session.failure ??= { error, verbose: false, json: asksForJson(args) };
    return sessionExitCode(session);
  }
}

/** A command that needs the application, and what for; absent: for all of it. */
interface NeededApplication {
  readonly command: string;
  readonly what?: string;
}

async function runProgram(session: CommandSession, args: readonly string[]): Promise<NeededApplication | undefined> {
  const newProgram = programs();
  const word = commandWord(newProgram(), session);
  const load = word === undefined ? undefined : fileCommands.get(word);
  // all of them are loaded for help, and for a word that is none of them
  const commands = load === undefined ? (await import('./commands/all-commands.js')).commands : [await load()];
  const configure = (program: Program): void => {
    program.configureOutput(outputConfiguration(session));
    program.configureHelp(helpConfiguration(session, commands));
    // options after a command are the command's alone: `-m "-x …"` is a message
    program.enablePositionalOptions();
  };
  let needed: NeededApplication | undefined;
  const run = async (definition: Command, typed: Program): Promise<void> => {
    const group: CommonValues = typed.parent?.opts() ?? {};
    const options: TypedCommand['options'] = withGroup(group, typed.opts());
    const command = definition.name;
    if (!fileCommands.has(command)) needed = { command };
    // files tell of no connections
    else if (options.context !== undefined) needed = { command, what: `the connection '${options.context}'` };
    else {
      await runCommand(definition, session, { words: typed.args, options });
      const error = session.failure?.error;
      if (!(error instanceof ApplicationNeeded)) return;
      session.failure = undefined;
      needed = { command, what: error.what };
    }
  };
  const root = newProgram();
  declareGroup(root, session);
  configure(root);
  // both are refused in runGroup, where the command that was meant can be told
  root.allowUnknownOption();
  root.allowExcessArguments(true);
  root.action(() => runGroup(root, session, commands));
  for (const definition of commands) {
    const command = newProgram(definition.name);
    declareCommand(command, definition, session.group);
    configure(command);
    command.action(() => run(definition, command));
    root.addCommand(command);
  }
  assertHelpKnown(args, session.group, commands);
  await root.parseAsync(args, { from: 'user' });
  return needed;
}

/** The first word that is no option of the group. */
function commandWord(program: Program, session: CommandSession): string | undefined {
  declareGroup(program, session);
  program.configureOutput(outputConfiguration(session));
  program.enablePositionalOptions();
  program.passThroughOptions();
  return program.parseOptions([...session.args]).operands[0];
}

/** Commander, as nest-commander has it: one parser for both doors. nest-commander itself is not loaded. */
function programs(): (name?: string) => Program {
  const require = createRequire(import.meta.url);
  const { Command } = createRequire(require.resolve('nest-commander'))('commander') as {
    readonly Command: new (name?: string) => Program;
  };
  return (name) => new Command(name);
}

async function applicationCall(
  project: Project,
  args: readonly string[],
  { command, what }: NeededApplication,
): Promise<ApplicationCall> {
  const found = await project.main();
  if ('candidates' in found) throw new BuiltMainMissingError(command, found.candidates, what);
  const { path: main, nodeArguments } = found;
  return { main, nodeArguments, args: [project.settings.name ?? 'db', ...args], cwd: project.base };
}
