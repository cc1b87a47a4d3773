import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { oneDatabase } from '../definition/scope.js';
import { editorOf, openEditor } from '../editor.js';

export const edit = defineCommand({
  name: 'edit',
  group: 'Write revisions',
  description: 'Open a revision in your editor: $VISUAL, else $EDITOR',
  arguments: { revision: optionalWord('what to edit (default: head)') },
  tables: [revisionForms('head', 'heads', 'current', 'id', 'label', 'below', 'from')],
  examples: [
    ['edit', 'the newest revision'],
    ['edit ae10', 'the one whose id starts so'],
  ],
  on: oneDatabase,

  check: (_, { env }) => void editorOf(env),

  run({ migrations, common, given: { revision }, terminal }) {
    const editor = editorOf(terminal.env);
    return migrations.edit({ ...common, revision, open: (paths) => openEditor(editor, paths) });
  },
});
