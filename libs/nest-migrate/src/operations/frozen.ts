/** A deep, frozen copy of plain data that JSON keeps unchanged: keys whose value is undefined are left out. */
export function frozen<T>(data: T): T {
  if (Array.isArray(data)) return Object.freeze(data.map((item: unknown) => frozen(item))) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.freeze(record(Object.keys(data), (name) => frozen((data as Record<string, unknown>)[name]))) as T;
}

/** A record of these names. Those whose value is undefined are left out. */
export function record(names: readonly string[], valueOf: (name: string) => unknown): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const name of names) {
    const value = valueOf(name);
    if (value === undefined) continue;
    // a mere assignment would set the prototype
    if (name === '__proto__') Object.defineProperty(made, name, { value, ...DATA });
    else made[name] = value;
  }
  return made;
}

const DATA = { writable: true, enumerable: true, configurable: true };
