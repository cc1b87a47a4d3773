/**
 * Revisions as tests write them: typed functions, whose own source becomes the file. The types are gone from it, since a
 * function's source at run time is what the test was compiled to.
 */
import { type Operations } from 'nest-migrate';

/** `upgrade` or `downgrade`. It is run from its text: of the test it sees nothing but what {@link given} hands it. */
export type RevisionCode = ((op: Operations) => unknown) | Given;

/** A function of a revision together with the values that it takes from the test, which survive JSON. */
export interface Given {
  /** The call, with `op` in sight. */
  readonly call: string;
}

/** What a revision file says. */
export interface RevisionFile {
  readonly id: string;
  /** What it follows. Default: nothing, it is a base. */
  readonly down?: string | readonly string[] | null;
  readonly labels?: string | readonly string[] | null;
  readonly dependsOn?: string | readonly string[] | null;
  /** Default: `revision <id>`. */
  readonly message?: string;
  readonly createDate?: string | null;
  readonly services?: readonly string[];
  /** Default: does nothing. */
  readonly upgrade?: RevisionCode;
  /** Default: does nothing. */
  readonly downgrade?: RevisionCode;
}

/**
 * Hands values of the test to a function of a revision.
 *
 * @example
 * given({ table }, (op, { table }) => op.dropTable(table))
 */
export function given<V>(values: V, code: (op: Operations, values: V) => unknown): Given {
  return { call: `(${sourceOf(code)})(op, ${JSON.stringify(values)})` };
}

/** A function that executes statements, one after the other. */
export function executing(...statements: readonly string[]): Given {
  return given({ statements }, async (op, values) => {
    for (const sql of values.statements) await op.execute(sql);
  });
}

/** The text of a revision's file. */
export function revision({ id, down = null, labels = null, dependsOn = null, ...rest }: RevisionFile): string {
  const { message = `revision ${id}`, createDate = null, services, upgrade, downgrade } = rest;
  const constants = { revision: id, downRevision: down, branchLabels: labels, dependsOn, message, createDate };
  const given = services === undefined ? constants : { ...constants, services };
  return `import type { Operations } from 'nest-migrate';

${Object.entries(given)
  .map(([name, value]) => `export const ${name} = ${literal(value)};\n`)
  .join('')}
export async function upgrade(op: Operations): Promise<void> {
  ${bodyOf(upgrade)}
}

export async function downgrade(op: Operations): Promise<void> {
  ${bodyOf(downgrade)}
}
`;
}

function bodyOf(code: RevisionCode | undefined): string {
  if (code === undefined) return '';
  return `await ${typeof code === 'function' ? `(${sourceOf(code)})(op)` : code.call};`;
}

function sourceOf(code: (...args: never[]) => unknown): string {
  const source = code.toString();
  if (/^(?:async\s*)?(?:\(|function\b|\w+\s*=>)/.test(source)) return source;
  throw new Error(`A method has no source that stands alone: write an arrow function instead of ${source}`);
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : JSON.stringify(value);
}
