import { Option, SubCommand } from 'nest-commander';
import { usageError } from './commander.js';
import { NestMigrateDbSubCommand, type Invocation } from './sub.command.js';

@SubCommand({ name: 'init', description: 'Create the script directory' })
export class NestMigrateDbInitCommand extends NestMigrateDbSubCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    const { terminal, group } = this.session;
    if (given.multidb === true && ![undefined, 'multidb'].includes(given.template)) {
      throw usageError(this.command, `--multidb means --template multidb, and there is --template ${given.template}`);
    }
    const template = given.multidb === true ? 'multidb' : given.template;
    await this.onDirectory(given, async ({ migrations }, common) => {
      const result = await migrations.init({ ...common, template });
      for (const path of result.created) terminal.result(path);
      terminal.note(`Next: ${group} migrate -m "what changed", read the revision, ${group} upgrade.`);
      return result;
    });
  }

  @Option({ flags: '-t, --template <name>', description: 'what to make it from; a folder has a slash: ./mine' })
  parseTemplate(value: string): string {
    return value;
  }

  @Option({ flags: '--multidb', description: 'the same as --template multidb' })
  parseMultidb(): boolean {
    return true;
  }
}
