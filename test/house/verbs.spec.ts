import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ownDefinitions } from '../../libs/nest-migrate/src/operations/all.js';

const source = 'libs/nest-migrate/src';
const files = globSync('**/*.ts', { cwd: source }).map((file) => ({
  file,
  text: readFileSync(join(source, file), 'utf8'),
}));

/** The files in which code asks whether an operation is of this kind: alone, in a switch, or in a list. */
function askingFor(kind: string): string[] {
  const question = new RegExp(`\\bcase '${kind}'|[kK]ind [!=]== '${kind}'|\\[[^\\]]*'${kind}'[^\\]]*\\]\\.includes\\(`);
  return files.flatMap(({ file, text }) => (question.test(text) ? [file] : []));
}

/**
 * Those of which plans, warnings and the ways of each engine have much to say that no other verb shares: a column has a
 * definition, a new table has everything, a foreign key locks two tables, a type is in columns, SQL is not understood.
 */
const MUCH_ASKED = [
  'createTable',
  'addColumn',
  'alterColumn',
  'dropColumn',
  'renameColumn',
  'createForeignKey',
  'alterEnum',
  'execute',
];

describe('a verb of op is known by its definition and a row in each engine', () => {
  it('its kind is asked for in at most eight files', () => {
    expect(ownDefinitions.size).toBeGreaterThan(45);
    const crowded = [...ownDefinitions.keys()]
      .filter((kind) => !MUCH_ASKED.includes(kind))
      .map((kind) => [kind, askingFor(kind)] as const)
      .filter(([, asking]) => asking.length > 8);
    expect(Object.fromEntries(crowded)).toEqual({});
  });

  it('the exceptions need to be', () => {
    expect(MUCH_ASKED.filter((kind) => askingFor(kind).length <= 8)).toEqual([]);
  });

  it('renameIndex, of which nothing special is to be known, stands in at most eight files by its name', () => {
    const named = files.filter(({ text }) => /\brenameIndex\b/.test(text)).map(({ file }) => file);
    expect(named).toContain('operations/kinds/index.operations.ts');
    expect(named.length > 8 ? named : []).toEqual([]);
  });
});
