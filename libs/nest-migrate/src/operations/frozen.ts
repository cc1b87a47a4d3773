/** A deep, frozen copy of plain data that JSON keeps unchanged: keys whose value is undefined are left out. */
export function frozen<T>(data: T): T {
  if (Array.isArray(data)) return Object.freeze(data.map((item: unknown) => frozen(item))) as T;
  if (typeof data !== 'object' || data === null) return data;
  const entries = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, frozen(value as unknown)]);
  return Object.freeze(Object.fromEntries(entries)) as T;
}
