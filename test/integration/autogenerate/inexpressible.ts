/** Rows of the matrix that an engine cannot express at all, each with the engine's own reason. */
import { type Engine } from '../../support/databases.js';

const noLengths = 'SQLite ignores the length of a type: text holds any text, and a moment any digits';
const oneInteger = 'SQLite has one integer, of up to eight bytes: MikroORM names the small ones and every key alike';
const noComments = 'SQLite has no comments';

const sqlite: Readonly<Record<string, string>> = {
  'a longer text': noLengths,
  'a longer unique text': noLengths,
  'a longer text with an index and a default': noLengths,
  'a longer key': noLengths,
  'a smaller text that fits': noLengths,
  'a text without limit': noLengths,
  'a precise moment': noLengths,
  'a wider small integer': oneInteger,
  'a wider key': oneInteger,
  'a comment comes': noComments,
  'a comment changes': noComments,
  'a table comment comes': noComments,
  'a table comment changes': noComments,
  'default now with six digits': 'current_timestamp is a word there, and takes no digits',
  'index fulltext': 'SQLite has full text search in virtual tables, and one kind of index',
};

/** The rows, by name, each with the reason. */
export function reasonsOf(engine: Engine): Readonly<Record<string, string>> {
  return engine === 'sqlite' ? sqlite : {};
}

/** Whether the engine has any way to say it. */
export function isExpressible(name: string, engine: Engine): boolean {
  return reasonsOf(engine)[name] === undefined;
}
