import { SubCommand } from 'nest-commander';
import { editorOf, openEditor } from '../editor.js';
import { NestMigrateDbSubCommand, type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'edit',
  arguments: '[revision]',
  description: 'Open a revision in your editor: $VISUAL, else $EDITOR',
  argsDescription: { revision: 'what to edit (default: head)' },
})
export class NestMigrateDbEditCommand extends NestMigrateDbSubCommand {
  protected override readonly notes = symbolNotes('head', 'heads', 'current', 'id', 'label', 'below', 'from');

  protected async execute({ parameters: [revision], given }: Invocation): Promise<void> {
    const editor = editorOf(this.session.terminal.env);
    await this.onOne(given, async ({ migrations }, common) =>
      migrations.edit({ ...common, revision, open: (paths) => openEditor(editor, paths) }),
    );
  }
}
