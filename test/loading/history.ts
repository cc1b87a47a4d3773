import { forms, type Form } from '../unit/script/forms.ts';

/** The text of a revision that says when it was run, and how it was: reading it must not, applying it must. */
function revision(id: string, down: string | null, message: string): string {
  return `import type { Operations } from 'nest-migrate';

export const revision = '${id}';
export const downRevision = ${down === null ? 'null' : `'${down}'`};
export const branchLabels = ${down === null ? "['shop']" : 'null'};
export const dependsOn = null;
export const message = ${JSON.stringify(message)};
export const createDate = '2026-11-20T10:00:00+00:00';

const loaded = globalThis as { loaded?: string[] };
(loaded.loaded ??= []).push('${id}');

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('create table t_${id} (a int)');
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute('drop table t_${id}');
}
`;
}

/** Files of a version location, and what is in them, in their order. */
export interface History {
  readonly files: Readonly<Record<string, string>>;
  readonly messages: readonly string[];
}

/**
 * A line of revisions, one in each form.
 *
 * @param extensions which extension a form gets; absent the one that says what it is.
 */
export function historyOf(chosen: readonly Form[] = forms, extensions?: (form: Form) => string): History {
  const files: Record<string, string> = {};
  let down: string | null = null;
  chosen.forEach((form, index) => {
    const id = `r${index}`;
    files[`${id}${extensions?.(form) ?? form.extension}`] = form.compile(revision(id, down, form.name));
    down = id;
  });
  return { files, messages: chosen.map(({ name }) => name) };
}

/** Every form in one directory of ES modules; the first is there twice, as source and compiled beside it. */
export function everyForm(): History {
  const history = historyOf();
  const compiled = forms.find(({ name }) => name === 'ES module of tsc')?.compile(revision('r0', null, 'TypeScript'));
  return { ...history, files: { ...history.files, 'r0.js': compiled ?? '' } };
}

/** What people get who compile everything to CommonJS, in `.js` of a package that is CommonJS. */
export function commonJsOnly(): History {
  return historyOf(
    forms.filter(({ kind }) => kind === 'commonjs'),
    () => '.js',
  );
}
