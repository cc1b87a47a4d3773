import { type Common } from '../../commands/command-context.js';
import { describeEvent } from '../../commands/describe-event.js';
import { outputFile } from '../../commands/output-file.js';
import { runInDbCommandMode } from '../../nest/db-command-mode.js';
import { Told } from '../command-session.js';
import { Progress } from '../progress.js';
import { type Connection, forEachConnection, oneConnection, severalConnections } from '../connections.js';
import { acceptNegativeNumbers, type CommanderCommand, pathOf, throwInsteadOfExit } from './commander.js';
import { NestMigrateDbCommonOptions } from './common-options.command.js';
import { examples } from './examples.js';
import { describeHelp } from './help.js';
import { type GivenOptions, givenOptions, keyValues } from './given-options.js';

/** One invocation of a command. */
export interface Invocation {
  readonly parameters: readonly string[];
  readonly given: GivenOptions;
}

/** What every command of the group has in common. The class names are long since nest-commander goes by them. */
export abstract class NestMigrateDbSubCommand extends NestMigrateDbCommonOptions {
  /** Tables for the command's help: a title that ends in a colon, then lines of `  term   text`. */
  protected readonly notes: readonly string[] = [];

  private progress: Progress | undefined;

  override setCommand(command: CommanderCommand): this {
    throwInsteadOfExit(command);
    acceptNegativeNumbers(command);
    command.allowExcessArguments(false);
    describeHelp(command, { notes: this.notes, examples: examples[command.name()] });
    return super.setCommand(command);
  }

  override async run(parameters: string[], options: GivenOptions = {}): Promise<void> {
    const given = givenOptions(this.command, options);
    this.session.terminal.quiet = given.quiet === true;
    this.session.terminal.asJson = given.json === true;
    try {
      await this.intoOutput(given, () =>
        runInDbCommandMode(() => this.execute({ parameters, given }), pathOf(this.command)),
      );
    } catch (error) {
      this.session.failure = { error, verbose: given.verbose === true, json: given.json === true };
    } finally {
      this.progress?.end();
    }
  }

  /** Puts the result where `--output` says, also that of a check that answers no. A command that failed leaves the file alone. */
  private async intoOutput({ output }: GivenOptions, work: () => Promise<void>): Promise<void> {
    if (output === undefined) return work();
    const file = await outputFile(output);
    const result = this.session.terminal.collect();
    try {
      await work();
    } catch (error) {
      if (error instanceof Told) await file.write(result.text);
      throw error;
    }
    await file.write(result.text);
  }

  protected abstract execute(invocation: Invocation): Promise<void>;

  /**
   * Works on all connections, or on the one that was named. `announce` gets a line for each where there are several.
   * What the work answers is what `--json` prints: the value where there is one connection, an object by name where
   * there are several.
   */
  protected async onEach(
    given: GivenOptions,
    announce: (line: string) => void,
    work: (connection: Connection, common: Common, several: boolean) => Promise<unknown>,
  ): Promise<void> {
    const connections = severalConnections(await this.session.connections(), given.context);
    const several = connections.length > 1;
    const answers = new Map<string, unknown>();
    await forEachConnection(connections, async (connection) => {
      if (several) announce(`[${connection.name}]`);
      const common = this.common(given, several ? connection.name : undefined);
      answers.set(connection.name, await work(connection, common, several));
    });
    this.session.terminal.json(several ? Object.fromEntries(answers) : [...answers.values()][0]);
  }

  /** Works on the one connection there is, or on the one that was named. What it answers is what `--json` prints. */
  protected async onOne(
    given: GivenOptions,
    work: (connection: Connection, common: Common) => Promise<unknown>,
  ): Promise<void> {
    const connections = await this.session.connections();
    const connection = oneConnection(connections, given.context, pathOf(this.command));
    this.session.terminal.json(await work(connection, this.common(given)));
  }

  /**
   * Works once for all connections, where they share a script directory: `names` are theirs. Else on the one connection
   * there is, or on the one that was named.
   */
  protected async onDirectory(
    given: GivenOptions,
    work: (connection: Connection, common: Common, names?: readonly string[]) => Promise<unknown>,
  ): Promise<void> {
    const connections = await this.session.connections();
    const [first] = connections;
    if (first !== undefined && (await this.isShared(given))) {
      const names = connections.map(({ name }) => name);
      this.session.terminal.json(await work(first, this.common(given), names));
    } else await this.onOne(given, work);
  }

  /**
   * Works on each connection, where they share a script directory; else on the one there is, or that was named: a symbol
   * means something else in each directory, and a script (`--sql`) is for one engine.
   */
  protected async onEachSharing(
    given: GivenOptions,
    announce: (line: string) => void,
    work: (connection: Connection, common: Common) => Promise<unknown>,
  ): Promise<void> {
    if (given.sql !== true && (await this.isShared(given))) await this.onEach(given, announce, work);
    else await this.onOne(given, work);
  }

  /** The options with the first connection named, where all share a script directory: what it answers is true of all. */
  protected async onceForAll(given: GivenOptions): Promise<GivenOptions> {
    if (!(await this.isShared(given))) return given;
    const [first] = await this.session.connections();
    return { ...given, context: first?.name };
  }

  /** Whether the command is about several connections, and one script directory is that of all. */
  private async isShared(given: GivenOptions): Promise<boolean> {
    const connections = await this.session.connections();
    const [first] = connections;
    if (given.context !== undefined || first === undefined || connections.length < 2) return false;
    const names = await first.migrations.connections({ ...this.common(given), command: this.command.name() });
    return names.length === connections.length;
  }

  /**
   * The options that every method of the service takes.
   *
   * @param name The connection's, where there are several.
   */
  private common({ directory, xArg }: GivenOptions, name?: string): Common {
    const { signal, terminal } = this.session;
    this.progress?.end();
    const progress = new Progress(terminal, name);
    this.progress = progress;
    let last: string | undefined;
    return {
      directory,
      xArguments: keyValues(xArg),
      signal,
      onEvent: (event) => {
        progress.hear(event);
        const line = describeEvent(event, (part, text) => terminal.notePage.paint(part, text), this.session.group);
        if (line === undefined || (event.type === 'lockWaiting' && line.text === last)) return;
        last = line.text;
        if (line.level === 'warn') terminal.warning(line.text);
        else terminal.note(line.text);
      },
    };
  }
}
