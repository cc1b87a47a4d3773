import { postgresSql } from '../lexical-rules.js';

/** A kind of objects, one row each. The expressions may use `space` (schemas) and `relation`, which are in scope. */
interface PartSource {
  /** The object in the catalogue, by which its comment and its grants are found. */
  readonly objid: string;
  readonly objsubid?: string;
  /** Its kind and full name. */
  readonly object: string;
  readonly definition: string;
  readonly from: string;
  readonly where?: string;
  /** What has a row where there is any such object: most databases have few kinds. Default: one that a user made. */
  readonly census?: string;
}

/** A query for a kind of objects. */
export interface Part {
  /** A condition without which there is no object of the kind. */
  readonly exists: string;
  readonly sql: string;
}

/** The server's own objects have numbers below this one. */
export const FIRST_OWN = 16384;

/** The query for objects that are in the catalogue `classid`. Objects of extensions are left out. */
export function part(classid: string, source: PartSource): Part {
  const { objid, objsubid = '0', object, definition, from, where = 'true' } = source;
  const { census = `${classid} where oid >= ${FIRST_OWN}` } = source;
  return {
    exists: `exists (select 1 from ${census})`,
    sql: `select ${classOf(classid)}, ${objid}, ${objsubid}::int, ${object}, ${definition}
      from ${from}
      where ${where} and not exists (select 1 from member extension where extension.classid = ${classOf(classid)} and extension.objid = ${objid})`,
  };
}

/** The number of a catalogue. */
export function classOf(catalogue: string): string {
  return `${postgresSql.text(`pg_catalog.${catalogue}`)}::regclass::oid`;
}

/** What is there of several phrases. */
export function joined(phrases: readonly string[]): string {
  return `concat_ws(', ', ${phrases.join(', ')})`;
}

/** The meaning of a letter of the catalogue; null for any other. */
export function flags(letter: string, meanings: Readonly<Record<string, string>>): string {
  const cases = Object.entries(meanings).map(
    ([key, meaning]) => `when ${postgresSql.text(key)} then ${postgresSql.text(meaning)}`,
  );
  return `case ${letter} ${cases.join(' ')} end`;
}

/** Options, whose order is that in which they were set. */
export function sorted(options: string): string {
  return `(select string_agg(o, ', ' order by o) from unnest(${options}) o)`;
}

/** Whether an object came with another one, and goes with it. */
export function isPartOfAnother(catalogue: string, oid: string): string {
  return `exists (select 1 from pg_depend i where i.classid = ${classOf(catalogue)} and i.objid = ${oid} and i.deptype = 'i')`;
}
