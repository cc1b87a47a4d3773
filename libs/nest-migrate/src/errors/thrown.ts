/** The text for a thrown value that has none. */
const NO_TEXT = 'something was thrown that has no text';

/** The fields of an error that are read below. Each of them may be a getter that throws. */
const FIELDS = ['name', 'message', 'stack', 'code', 'errno', 'cause'] as const;

/**
 * The text of a thrown value, which need not be an error: revisions, hooks and factories are not our code. Never
 * throws, also where the value is a proxy, has getters that throw, or has no prototype.
 */
export function errorText(thrown: unknown): string {
  return attempt(() => textOf(thrown)) ?? attempt(() => JSON.stringify(thrown)) ?? NO_TEXT;
}

/**
 * The thrown value where its fields can be read, and otherwise an error with its text. Called where code that is not
 * ours has thrown, so that later code can read the value safely.
 */
export function tamed(thrown: unknown): unknown {
  if (typeof thrown !== 'object' && typeof thrown !== 'function') return thrown;
  if (thrown === null) return thrown;
  const looked = attempt(() => {
    for (const name of FIELDS) void (thrown as Readonly<Record<string, unknown>>)[name];
    void (thrown instanceof Error);
    return primitiveText(thrown);
  });
  return looked === undefined ? new Error(errorText(thrown)) : thrown;
}

function textOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  // the class is not checked: an error of another realm is no instance of this `Error`
  const { message, code, name, errors } = thrown as Readonly<Record<string, unknown>>;
  if (typeof message === 'string') {
    if (message !== '') return message;
    if (Array.isArray(errors) && errors.length > 0) return errorText(errors[0]);
    if (typeof code === 'string' && code !== '') return code;
    if (typeof name === 'string' && name !== '') return name;
  }
  const text = primitiveText(thrown);
  return text === '' || text === '[object Object]' ? undefined : text;
}

/** The value converted to a string by JavaScript. */
function primitiveText(value: unknown): string {
  return String(value);
}

/** The text that the work returns; `undefined` where it throws or returns something else. */
function attempt(work: () => string | undefined): string | undefined {
  try {
    const text: unknown = work();
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
