import type { FileSystem } from './file-system.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';

/** Parses a JSON file as the tools of Nest do; undefined if it does not exist or is no JSON. */
export async function readJsonWithComments(path: string, fs: FileSystem): Promise<unknown> {
  return (await fs.exists(path)) ? parseJsonWithComments(await fs.readText(path)) : undefined;
}

function parseJsonWithComments(text: string): unknown {
  try {
    const scanner = new SourceScanner(text);
    let json = '';
    for (let token = scanner.next(); token.kind !== 'end'; token = scanner.next()) {
      const { kind, value } = scanner.peek();
      const isTrailingComma = token.value === ',' && kind === 'punctuation' && (value === ']' || value === '}');
      if (!isTrailingComma) json += text.slice(token.start, token.end);
    }
    return JSON.parse(json) as unknown;
  } catch (error) {
    if (error instanceof NotUnderstood || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the value is an object with named properties. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
