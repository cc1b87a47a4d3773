import { Option, SubCommand } from 'nest-commander';
import { listTemplates } from '../../commands/list-templates.js';
import { NestMigrateDbSubCommand, type Invocation } from './sub.command.js';

@SubCommand({ name: 'list-templates', description: 'List what a script directory can be made from. Starts nothing' })
export class NestMigrateDbListTemplatesCommand extends NestMigrateDbSubCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    const { terminal, group } = this.session;
    const templates = listTemplates();
    if (given.json === true) {
      terminal.result(JSON.stringify(templates, null, 2));
      return;
    }
    const width = Math.max(...templates.map(({ name }) => name.length));
    for (const { name, description } of templates) terminal.result(`${name.padEnd(width)}  ${description}`);
    terminal.note(`Use one with ${group} init --template <name>.`);
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
