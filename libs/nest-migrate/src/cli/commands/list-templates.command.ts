import { SubCommand } from 'nest-commander';
import { listTemplates } from '../../commands/list-templates.js';
import { NestMigrateDbSubCommand } from './sub.command.js';

@SubCommand({ name: 'list-templates', description: 'List what a script directory can be made from. Starts nothing' })
export class NestMigrateDbListTemplatesCommand extends NestMigrateDbSubCommand {
  protected async execute(): Promise<void> {
    const { terminal, group } = this.session;
    const templates = listTemplates();
    terminal.json(templates);
    const width = Math.max(...templates.map(({ name }) => name.length));
    for (const { name, description } of templates) {
      terminal.result(`${terminal.resultPage.paint('title', name.padEnd(width))}  ${description}`);
    }
    terminal.note(`Use one with ${group} init --template <name>.`);
  }
}
