/** The work that is under way, and what `process.emitWarning` was before it. */
let running = 0;
let before: unknown;

/**
 * Does the work, which loads or reads files of the user's, without what Node warns of then: that it strips types, and that
 * the `package.json` beside a file says no `"type"`. Both mean nothing to a user of this tool, who has no other way to
 * load the file. Other warnings go their way.
 */
export function withoutNodeWarnings<T>(work: () => T): T {
  begin();
  let isLater = false;
  try {
    const result = work();
    if (!isPromise(result)) return result;
    isLater = true;
    return result.finally(end) as T;
  } finally {
    if (!isLater) end();
  }
}

/** Also one of another realm, as a test runner's is. */
function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'finally' in value;
}

function begin(): void {
  running += 1;
  if (running > 1) return;
  before = Reflect.get(process, 'emitWarning');
  Reflect.set(process, 'emitWarning', filtered);
}

function end(): void {
  running -= 1;
  // what has replaced it meanwhile stays
  if (running === 0 && Reflect.get(process, 'emitWarning') === filtered) Reflect.set(process, 'emitWarning', before);
}

function filtered(...warning: unknown[]): void {
  if (!isOfLoading(warning)) Reflect.apply(before as (...args: unknown[]) => void, process, warning);
}

function isOfLoading([warning, kind, code]: readonly unknown[]): boolean {
  const told = typeof kind === 'object' && kind !== null ? (kind as NodeJS.EmitWarningOptions) : { type: kind, code };
  if (told.code === 'MODULE_TYPELESS_PACKAGE_JSON') return true;
  const text = warning instanceof Error ? warning.message : String(warning);
  return told.type === 'ExperimentalWarning' && /\btype stripping\b|\bstripTypeScriptTypes\b/i.test(text);
}
