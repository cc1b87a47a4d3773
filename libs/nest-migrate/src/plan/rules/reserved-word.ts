import { newColumns } from '../new-columns.js';
import { reservedWords } from '../reserved-words.js';
import { defineRule } from '../rule.js';

export const reservedWord = defineRule({
  id: 'reserved-word',
  level: 'notice',
  engines: ['postgres', 'mysql', 'mariadb'],
  title: 'names a table or a column by a word that SQL has taken',

  *check(run) {
    const reserved = reservedWords[run.engine] ?? new Set();
    const isReserved = (name: string): boolean => reserved.has(name.toLowerCase());
    const told = (name: string) => ({
      message: `${name} is a reserved word: each query that is written by hand has to quote it.`,
      instead: 'Give it another name, such as one with a word more.',
    });
    for (const { operation, statement } of run.operations('createTable', 'renameTable')) {
      const name = operation.kind === 'createTable' ? operation.table : operation.to;
      if (isReserved(name)) yield { statement, ...told(name) };
    }
    for (const { operation, statement, name } of newColumns(run)) {
      if (operation.kind !== 'alterColumn' && isReserved(name)) yield { statement, ...told(name) };
    }
    for (const { operation, statement } of run.operations('renameColumn')) {
      if (isReserved(operation.to)) yield { statement, ...told(operation.to) };
    }
  },
});
