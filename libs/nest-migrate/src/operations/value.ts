/** A value that a revision may give to the database: a default, a parameter, or a cell of a row. */
export type Value = string | number | boolean | bigint | Date | Uint8Array | null;

/** A {@link Value} as JSON. A value that JSON cannot hold is an object whose key names its type. */
export type EncodedValue =
  | string
  | number
  | boolean
  | null
  | {
      /** The decimal digits of a `bigint`. */
      readonly $bigint: string;
    }
  | {
      /** A date in ISO 8601, in UTC. */
      readonly $date: string;
    }
  | {
      /** Bytes in base64. */
      readonly $bytes: string;
    };

/** Encodes a value as JSON: bytes as base64, dates as ISO 8601. `decodeValue` is the inverse. */
export function encodeValue(value: Value): EncodedValue {
  if (typeof value === 'bigint') return { $bigint: value.toString() };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  return value;
}

/** The inverse of {@link encodeValue}. */
export function decodeValue(value: EncodedValue): Value {
  if (value === null || typeof value !== 'object') return value;
  if ('$bigint' in value) return BigInt(value.$bigint);
  if ('$date' in value) return new Date(value.$date);
  return new Uint8Array(Buffer.from(value.$bytes, 'base64'));
}

/** How the values are written that JSON has no form for. */
const ENCODINGS: Readonly<Record<string, { readonly name: string; readonly isValid: (text: string) => boolean }>> = {
  $bigint: { name: 'digits', isValid: (text) => /^-?\d+$/.test(text) },
  $date: { name: 'date', isValid: (text) => !Number.isNaN(new Date(text).getTime()) },
  $bytes: { name: 'base64', isValid: (text) => /^[\w+/-]*={0,2}$/.test(text) },
};

/**
 * What is wrong with the encoded values in data, such as `an invalid date as '$date' in 'params.0'`; `undefined` where
 * nothing is.
 */
export function encodingProblem(data: unknown, path: readonly string[] = []): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const [key, ...others] = Object.keys(data).filter((name) => Object.hasOwn(ENCODINGS, name));
  if (key !== undefined) {
    const { name, isValid } = ENCODINGS[key];
    const value: unknown = (data as Readonly<Record<string, unknown>>)[key];
    const where = `as '${key}' in '${path.join('.')}'`;
    if (others.length > 0) return `more than one value ${where}`;
    if (typeof value !== 'string' || !isValid(value)) return `${name === 'date' ? 'an ' : ''}invalid ${name} ${where}`;
    return undefined;
  }
  for (const [name, item] of Object.entries(data)) {
    const problem = encodingProblem(item, [...path, name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
