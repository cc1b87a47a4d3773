import { type Common } from '../../commands/command-context.js';
import { Told } from '../command-session.js';
import { type MigrationCommands } from '../connections.js';
import { ExitCode } from '../exit-code.js';
import { type Invocation, NestMigrateDbSubCommand } from './sub.command.js';

/** A command that only reads: on every connection, as text or as JSON. */
export abstract class NestMigrateDbReadCommand<T> extends NestMigrateDbSubCommand {
  protected async execute(invocation: Invocation): Promise<void> {
    const { terminal } = this.session;
    const refused: string[] = [];
    const { given } = invocation;
    await this.onEach(
      this.asksDatabase(invocation) ? given : await this.onceForAll(given),
      (header) => terminal.result(header),
      async ({ name, migrations }, common, several) => {
        const data = await this.read(migrations, common, invocation);
        const refusal = await this.refusal(data, migrations, common, invocation);
        if (refusal !== undefined) refused.push(name);
        if (terminal.asJson) return data;
        if (refusal !== undefined) terminal.failure(several ? `[${name}] ${refusal}` : refusal);
        for (const text of await this.present(data, migrations, common, invocation)) terminal.result(text);
        return data;
      },
    );
    if (refused.length > 0) throw new Told(ExitCode.no);
  }

  /** Whether the answer depends on the connection's database; otherwise connections with one directory have one answer. */
  protected asksDatabase(_invocation: Invocation): boolean {
    return true;
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
}
