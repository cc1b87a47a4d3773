import { createHash } from 'node:crypto';
import { type ImportedMigration, type ImportTool } from './imported-history.js';

/** The value of the constant `importedFrom` of the revision of a migration. */
export function importedFrom(tool: ImportTool, name: string): string {
  return `${tool}/${name}`;
}

/** The tool and the name of such a constant; `undefined` for another text. */
export function originOf(text: string): { readonly tool: string; readonly name: string } | undefined {
  const at = text.indexOf('/');
  return at <= 0 ? undefined : { tool: text.slice(0, at), name: text.slice(at + 1) };
}

/** The digits of a name that say when it was written, and what they are. */
const TIMESTAMP = /(?<!\d)(\d{14}|\d{17}|\d{13}|\d{10})(?!\d)/;

/**
 * The id of a migration's revision: the moment that its name begins or ends with, or digits that the name always leads
 * to.
 *
 * @param isTaken Whether another migration has the id.
 */
export function revisionIdOf(name: string, isTaken: (id: string) => boolean): string {
  const stamp = TIMESTAMP.exec(name)?.[1];
  if (stamp !== undefined && !isTaken(stamp)) return stamp;
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}

/** When a migration was written, as its name says. */
export function momentOf(name: string): Date | undefined {
  const stamp = TIMESTAMP.exec(name)?.[1];
  if (stamp === undefined) return undefined;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$/.exec(stamp);
  const moment =
    parts === null
      ? new Date(Number(stamp) * (stamp.length === 10 ? 1000 : 1))
      : new Date(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}.${parts[7] ?? '000'}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** What a migration is about: the words of its name, or else what its first statement does. */
export function messageOf({ name, up }: Pick<ImportedMigration, 'name' | 'up'>): string {
  const words = name
    .replace(TIMESTAMP, ' ')
    .replace(/^\s*(?:Migration|[VU](?=\d))|^\d+(?=[_\W])/, ' ')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (words !== '') return words.toLowerCase();
  const [first] = up.kind === 'sql' ? up.statements : [];
  const head = first === undefined ? undefined : HEAD.exec(first.sql.trim());
  if (head?.[1] === undefined) return name;
  const text = head[1].replace(/["`]/g, '').replace(/\s+/g, ' ');
  return `${text.toLowerCase()}${up.kind === 'sql' && up.statements.length > 1 ? ' and more' : ''}`;
}

/** What a statement of a schema does, and to which object. */
const HEAD =
  /^((?:create|alter|drop)(?:\s+(?:or\s+replace|unique|materialized))*\s+\w+(?:\s+if\s+(?:not\s+)?exists)?\s+(?:["`]?[\w$]+["`]?\.)?["`]?[\w$]+["`]?|(?:insert\s+into|update|delete\s+from)\s+["`]?[\w$.]+["`]?)/i;
