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
