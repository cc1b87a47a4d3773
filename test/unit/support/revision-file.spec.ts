import { describe, expect, it } from '@jest/globals';
import { executing, given, revision } from '../../support/revision-file.ts';

describe('the file of a revision', () => {
  it('says what it is, and what stands in the functions', () => {
    const text = revision({
      ...{ id: 'aaaa', down: ['b', 'c'], message: "it's", services: ['slugs'] },
      upgrade: async (op) => {
        await op.execute('create table a (n int)');
      },
      downgrade: (op) => op.dropTable('a'),
    });
    expect(text).toContain("export const revision = 'aaaa';\n");
    expect(text).toContain('export const downRevision = ["b","c"];\n');
    expect(text).toContain("export const message = 'it\\'s';\n");
    expect(text).toContain('export const services = ["slugs"];\n');
    expect(text).toMatch(
      /upgrade\(op: Operations\): Promise<void> \{\s*await op\.execute\('create table a \(n int\)'\);\s*\}/,
    );
    expect(text).toMatch(/downgrade\(op: Operations\): Promise<void> \{\s*await op\.dropTable\('a'\);\s*\}/);
  });

  it('has what the test hands over', () => {
    const statements = executing('select "1"', "select '2'");
    const text = revision({ id: 'aaaa', upgrade: statements });
    expect(text).toMatch(/await op\.execute\("select \\"1\\""\);\s*await op\.execute\("select '2'"\);/);
    expect(given({ table: 'a' }, (op, { table }) => op.dropTable(table)).call).toContain('(op, {"table":"a"})');
  });

  it('is refused where a function uses anything else of the test', () => {
    const table = 'a';
    expect(() => revision({ id: 'aaaa', upgrade: (op) => op.dropTable(table) })).toThrow(/^'table' is not there/);
    const fine = async (op: { query: (sql: string) => Promise<{ n: number }[]> }): Promise<void> => {
      const [{ n: first } = { n: 0 }, ...rest] = await op.query('select n');
      for (const { n } of rest) if (n === first) throw new Error(`${n} twice`);
      try {
        JSON.stringify({ first, rest, table: process.env['TABLE'] });
      } catch (error) {
        throw new Error('no', { cause: error });
      }
    };
    expect(() => revision({ id: 'aaaa', upgrade: fine })).not.toThrow();
  });

  it('is refused where a function is a method, whose source is none by itself', () => {
    const methods = { upgrade(): void {} };
    expect(() => revision({ id: 'aaaa', ...methods })).toThrow(/arrow function/);
  });
});
