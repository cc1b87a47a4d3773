/** The extensions of new revisions. Templates use `export`, so `.cjs` and `.cts` are not among them. */
export type RevisionExtension = '.ts' | '.mts' | '.js' | '.mjs';

/**
 * The editable templates of new revisions, at the top of a script directory. The name of the file decides which files
 * are written with it. None of them ends in `.ts` or `.js`, since MikroORM would take such a file for one of its own
 * migrations.
 */
export const TEMPLATE_FILES: readonly (readonly [string, RevisionExtension])[] = [
  ['revision.template', '.ts'],
  ['revision.ts.template', '.ts'],
  ['revision.mts.template', '.mts'],
  ['revision.js.template', '.js'],
  ['revision.mjs.template', '.mjs'],
];

/** The built-in templates of a script directory, by the name that `init` takes. */
export const templates = {
  default: { description: 'Revisions in TypeScript, for one database.' },
  javascript: { description: 'Revisions in JavaScript with JSDoc types, for applications without TypeScript.' },
  multidb: { description: 'Revisions with a function for each connection, for several databases with one history.' },
} as const satisfies Record<string, { readonly description: string }>;

/** The names of the built-in templates. */
export type TemplateName = keyof typeof templates;

const header = `/**
 * \${message}
 *
 * Revision ID: \${revision}
 * Revises: \${revises}
 * Create Date: \${createDate}
 */
`;

/** The template of a new revision, unless the script directory has its own. */
export const revisionTemplate = `${header}import type { Operations } from 'nest-migrate';

\${constants}

export async function upgrade(op: Operations): Promise<void> {
  \${upgrade}
}

export async function downgrade(op: Operations): Promise<void> {
  \${downgrade}
}
`;

const javascriptTemplate = `${header}
\${constants}

/** @param {import('nest-migrate').Operations} op */
export async function upgrade(op) {
  \${upgrade}
}

/** @param {import('nest-migrate').Operations} op */
export async function downgrade(op) {
  \${downgrade}
}
`;

const multidbTemplate = `${header}import type { Operations } from 'nest-migrate';

\${constants}

export const upgrade: Record<string, (op: Operations) => Promise<void>> = {
  \${upgrades}
};

export const downgrade: Record<string, (op: Operations) => Promise<void>> = {
  \${downgrades}
};
`;

/** Makes Node treat the revisions as ES modules, whatever the application is. */
const packageJson = `{
  "type": "module"
}
`;

/** The differences between the templates. */
interface Kind {
  readonly file: string;
  readonly text: string;
  /** The placeholders of the functions. */
  readonly blocks: readonly [string, string];
  readonly note: string;
}

const stripped = `Revisions run as they are written here, by Node's own type stripping: use \`import type\`, no enums and no decorators.`;

const kinds: Readonly<Record<TemplateName, Kind>> = {
  default: { file: 'revision.template', text: revisionTemplate, blocks: ['upgrade', 'downgrade'], note: stripped },
  javascript: {
    file: 'revision.js.template',
    text: javascriptTemplate,
    blocks: ['upgrade', 'downgrade'],
    note: `Revisions run as they are written here, as JavaScript modules. Rename \`revision.js.template\` to
\`revision.mjs.template\` and new ones become \`.mjs\` files. Editors check them by their JSDoc types with \`// @ts-check\`.`,
  },
  multidb: {
    file: 'revision.template',
    text: multidbTemplate,
    blocks: ['upgrades', 'downgrades'],
    note: `Several connections share this history: \`upgrade\` and \`downgrade\` hold a function for each, by MikroORM's
\`contextName\`; the connection without one is \`default\`. Each has a version table of its own.

${stripped}`,
  },
};

function readme({ file, blocks: [upgrade, downgrade], note }: Kind): string {
  return `# Migrations

The history of the database's schema, written by nest-migrate.

- \`versions/\` holds the revisions, one file each, in sub-folders too. They are part of the application: commit them,
  ship them.
- \`${file}\` is what a new revision looks like. Edit it as you like.
- \`package.json\` makes Node load the revisions as ES modules. Ship it with them.

${note}
Keep \`.ts\` and \`.js\` files out of this folder's top level: MikroORM may take them for migrations of its own.

## Placeholders of \`${file}\`

Each of these has to be there once, on a line of its own:

- \`\${constants}\`: \`revision\`, \`downRevision\`, \`branchLabels\`, \`dependsOn\`, \`message\` and \`createDate\`, exported
- \`\${${upgrade}}\` and \`\${${downgrade}}\`: ${upgrade === 'upgrade' ? 'what the functions do' : 'the functions, by connection'}

These are texts, for anywhere; in a comment or between quotes they are made harmless, in code they become a string:

- \`\${message}\`: what \`-m\` said, or "empty message"
- \`\${revision}\`: the id
- \`\${revises}\`: the ids that it follows, or \`<base>\`
- \`\${branchLabels}\`, \`\${dependsOn}\`: as given, several joined by a comma
- \`\${createDate}\`: ISO 8601, in the \`timezone\` of the options

\`$\${name}\` stands for the text \`\${name}\`.
`;
}

/** The files of a built-in template, by their path in the script directory, in the order of creation. */
export function templateFiles(name: TemplateName): Readonly<Record<string, string>> {
  const kind = kinds[name];
  return {
    'package.json': packageJson,
    'README.md': readme(kind),
    [kind.file]: kind.text,
    // Git does not keep an empty folder.
    'versions/.gitkeep': '',
  };
}
