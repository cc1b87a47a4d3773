/** The content of an operation as text, without its warning. A hook may return a copy of an operation. */
export function contentOf(operation: unknown): string {
  return JSON.stringify(operation, (key, value: unknown) => {
    if (key === 'warning') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}
