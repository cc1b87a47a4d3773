import { Option } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { Told } from '../command-session.js';
import { type MigrationCommands } from '../connections.js';
import { ExitCode } from '../exit-code.js';
import { type Invocation, NestMigrateDbSubCommand } from './sub.command.js';

/** A command that only reads: on every connection, as text or as JSON. */
export abstract class NestMigrateDbReadCommand<T> extends NestMigrateDbSubCommand {
  protected async execute(invocation: Invocation): Promise<void> {
    const { terminal } = this.session;
    const { given } = invocation;
    const asJson = given.json === true;
    const results: [string, T][] = [];
    const refused: string[] = [];
    await this.onEach(
      given,
      (header) => asJson || terminal.result(header),
      async ({ name, migrations }, common, several) => {
        const data = await this.read(migrations, common, invocation);
        results.push([name, data]);
        const refusal = await this.refusal(data, migrations, common, invocation);
        if (refusal !== undefined) refused.push(name);
        if (refusal !== undefined) terminal.failure(several ? `[${name}] ${refusal}` : refusal);
        if (asJson) return;
        for (const text of await this.present(data, migrations, common, invocation)) terminal.result(text);
      },
    );
    // one connection alone is the value itself, several are an object by name
    const [first] = results;
    if (asJson)
      terminal.result(JSON.stringify(results.length === 1 ? first?.[1] : Object.fromEntries(results), null, 2));
    if (refused.length > 0) throw new Told(ExitCode.no);
  }

  /** What to say where the command is a check and the answer is no. */
  protected async refusal(
    _data: T,
    _migrations: MigrationCommands,
    _common: Common,
    _invocation: Invocation,
  ): Promise<string | undefined> {
    return undefined;
  }

  protected abstract read(migrations: MigrationCommands, common: Common, invocation: Invocation): Promise<T>;

  /** The result as lines or blocks of text. */
  protected abstract present(
    data: T,
    migrations: MigrationCommands,
    common: Common,
    invocation: Invocation,
  ): Promise<readonly string[]>;

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
