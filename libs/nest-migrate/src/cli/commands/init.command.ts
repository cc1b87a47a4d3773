import { SubCommand } from 'nest-commander';
import { NestMigrateDbSubCommand, type Invocation } from './sub.command.js';

@SubCommand({ name: 'init', description: 'Create the script directory' })
export class NestMigrateDbInitCommand extends NestMigrateDbSubCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    const { terminal, group } = this.session;
    await this.onOne(given, async ({ migrations }, common) => {
      const result = await migrations.init(common);
      for (const path of result.created) terminal.result(path);
      terminal.note(`Next: ${group} migrate -m "what changed", read the revision, ${group} upgrade.`);
      return result;
    });
  }
}
