/** A value that a revision may hand to the database: a default, a parameter, a cell of a row. */
export type Value = string | number | boolean | bigint | Date | Uint8Array | null;

/** The same value as JSON: what JSON cannot hold is wrapped and named. */
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

/** A value as JSON can hold it. `decodeValue` is its inverse; bytes become base64, dates ISO 8601. */
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
