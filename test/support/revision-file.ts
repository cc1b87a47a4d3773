/**
 * Revisions as tests write them: typed functions, whose own source becomes the file. The types are gone from it, since a
 * function's source at run time is what the test was compiled to.
 */
import { type ArrowFunctionExpression, parseExpressionAt } from 'acorn';
import type { Operations } from 'nest-migrate';

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
  /** Further constants, which may be whatever survives JSON. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** Default: does nothing. */
  readonly upgrade?: RevisionCode;
  /** Default: does nothing. `null`: the file exports none. */
  readonly downgrade?: RevisionCode | null;
  /** Puts rows in before the revision is tried. Default: the file exports none. */
  readonly fixture?: RevisionCode;
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

/** A function that executes statements, one after the other, as a line each: as most revisions are written. */
export function executing(...statements: readonly string[]): Given {
  return { call: statements.map((sql) => `op.execute(${JSON.stringify(sql)})`).join(';\n  await ') || 'undefined' };
}

/** The text of a revision's file. */
export function revision({ id, down = null, labels = null, dependsOn = null, ...rest }: RevisionFile): string {
  const { message = `revision ${id}`, createDate = null, services, constants: more, ...functions } = rest;
  const { upgrade, downgrade, fixture } = functions;
  const constants = { revision: id, downRevision: down, branchLabels: labels, dependsOn, message, createDate };
  const given = { ...constants, ...(services === undefined ? {} : { services }), ...more };
  return `import type { Operations } from 'nest-migrate';

${Object.entries(given)
  .map(([name, value]) => `export const ${name} = ${literal(value)};\n`)
  .join(
    '',
  )}${functionOf('upgrade', upgrade)}${downgrade === null ? '' : functionOf('downgrade', downgrade)}${fixture === undefined ? '' : functionOf('fixture', fixture)}`;
}

function functionOf(name: string, code: RevisionCode | undefined): string {
  return `
export async function ${name}(op: Operations): Promise<void> {
  ${bodyOf(code)}
}
`;
}

function bodyOf(code: RevisionCode | undefined): string {
  if (code === undefined) return '';
  if (typeof code !== 'function') return `await ${code.call};`;
  const source = sourceOf(code);
  return linesOf(source) ?? `await (${source})(op);`;
}

/** What stands in a function of `op`, so that the revision's own function says it, as people write it. */
function linesOf(source: string): string | undefined {
  const { type, params, body } = parseExpressionAt(source, 0, { ecmaVersion: 'latest' }) as ArrowFunctionExpression;
  const [parameter, ...others] = params;
  const isOp = parameter === undefined || (parameter.type === 'Identifier' && parameter.name === 'op');
  if (type !== 'ArrowFunctionExpression' || !isOp || others.length > 0) return undefined;
  if (body.type !== 'BlockStatement') return `await ${source.slice(body.start, body.end)};`;
  return source.slice(body.start + 1, body.end - 1).trim();
}

function sourceOf(code: (...args: never[]) => unknown): string {
  const source = code.toString();
  if (!/^(?:async\s*)?(?:\(|function\b|\w+\s*=>)/.test(source)) {
    throw new Error(`A method has no source that stands alone: write an arrow function instead of ${source}`);
  }
  // the revision would fail, and a test of a failure pass for a reason of its own
  const [free] = freeNames(source);
  if (free !== undefined) throw new Error(`'${free}' is not there when the revision runs: hand it over with given().`);
  return source;
}

/** The names in a function's source that are neither declared in it nor global. */
function freeNames(source: string): readonly string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: unknown, isDeclared: boolean): void => {
    if (Array.isArray(node)) return node.forEach((item) => visit(item, isDeclared));
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    const { type, ...parts } = node as Readonly<Record<string, unknown>>;
    if (type === 'Identifier') (isDeclared ? declared : used).add(String(parts['name']));
    for (const [name, part] of Object.entries(parts)) {
      const isName = (name === 'property' || name === 'key') && parts['computed'] === false;
      if (!isName) visit(part, declares(String(type), name) || (isDeclared && name !== 'right'));
    }
  };
  visit(parseExpressionAt(source, 0, { ecmaVersion: 'latest' }), false);
  return [...used].filter((name) => !declared.has(name) && !(name in globalThis));
}

/** Whether that part of a node declares the names that stand in it. */
function declares(type: string, part: string): boolean {
  if (part === 'params') return true;
  if (type === 'VariableDeclarator' || type === 'FunctionDeclaration' || type === 'ClassDeclaration')
    return part === 'id';
  return type === 'CatchClause' && part === 'param';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : JSON.stringify(value);
}
