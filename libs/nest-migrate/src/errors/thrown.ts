/** What is said of something that was thrown and has no text. */
const NO_TEXT = 'something was thrown that has no text';

/** The fields of an error that are read somewhere below, each of which may be a getter that throws. */
const FIELDS = ['name', 'message', 'stack', 'code', 'errno', 'cause'] as const;

/**
 * The text of what was thrown, which need be no error: revisions, hooks and factories are code of others. Never throws, also
 * where that is a proxy, has getters that throw, or has no prototype.
 */
export function errorText(thrown: unknown): string {
  return attempt(() => textOf(thrown)) ?? attempt(() => JSON.stringify(thrown)) ?? NO_TEXT;
}

/**
 * What was thrown, as it is where it can be looked at, and else an error that says of it what there is to say. To be asked
 * where code of others has thrown, so that nothing that looks at it later has to expect the worst.
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
  // not asked for its class alone: in another realm there is another `Error`
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

/** What JavaScript itself makes of a value where it needs a text. */
function primitiveText(value: unknown): string {
  return String(value);
}

/** What the work returns; `undefined` where it throws or has no text to return. */
function attempt(work: () => string | undefined): string | undefined {
  try {
    const text: unknown = work();
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
