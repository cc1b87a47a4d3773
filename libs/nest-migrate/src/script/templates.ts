/** File name of the editable template, at the top of a script directory. It is no `.ts`: see {@link directoryReadme}. */
export const TEMPLATE_FILE = 'revision.template';

/** The template of a new revision, unless the script directory has its own. */
export const revisionTemplate = `/**
 * \${message}
 *
 * Revision ID: \${revision}
 * Revises: \${revises}
 * Create Date: \${createDate}
 */
import type { Operations } from 'nest-migrate';

\${constants}

export async function upgrade(op: Operations): Promise<void> {
  \${upgrade}
}

export async function downgrade(op: Operations): Promise<void> {
  \${downgrade}
}
`;

/** Makes Node take the revisions for ES modules, whatever the application around them is. */
export const directoryPackageJson = `{
  "type": "module"
}
`;

/** What a script directory says about itself. */
export const directoryReadme = `# Migrations

The history of the database's schema, written by nest-migrate.

- \`versions/\` holds the revisions, one file each. They are part of the application: commit them, ship them.
- \`revision.template\` is what a new revision looks like. Edit it as you like; \`\${constants}\`, \`\${upgrade}\` and
  \`\${downgrade}\` have to stay, each on a line of its own.
- \`package.json\` makes Node load the revisions as ES modules. Ship it with them.

Revisions run as they are written here, by Node's own type stripping: use \`import type\`, no enums and no decorators.
Keep \`.ts\` and \`.js\` files out of this folder's top level: MikroORM may take them for migrations of its own.
`;
