import { reachingWords } from '../scratch/reaching-words.js';
import { type Scratch } from '../scratch/scratch.js';
import { sqliteSql } from './lexical-rules.js';

/** Statements that open or write another file. */
const reaching = [/^attach\b/, /^vacuum\b.*? into\b/];

/** SQLite: the scratch database is a file. */
export const sqliteScratch: Scratch = {
  beyond: (sql) => reachingWords(sql, sqliteSql.rules, reaching),
};
