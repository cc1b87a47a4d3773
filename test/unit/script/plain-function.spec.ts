import { describe, expect, it } from '@jest/globals';
import { stripTypeScriptTypes } from 'node:module';
import fc from 'fast-check';
import { type RevisionFunction } from '../../../libs/nest-migrate/src/script/revision-module.ts';
import { readProgram } from '../../../libs/nest-migrate/src/script/program-digest.ts';
import { given, revision } from '../../support/revision-file.ts';
import { isPlainFunction } from '../../../libs/nest-migrate/src/script/plain-function.ts';

const functionOf = (text: string): RevisionFunction => (0, eval)(`(${text})`) as RevisionFunction;

const plain = [
  'async function upgrade(op) {}',
  'function upgrade() {}',
  "async function upgrade(op) { await op.dropTable('a'); }",
  "async function upgrade(operations) { await operations.dropTable('a'); await operations.dropTable('b'); }",
  "async (op) => { op.dropTable('a'); }",
  "(op) => op.dropTable('a')",
  'async (op) => { await op.execute(`select 1`); await op.execute("select 2"); }',
  "async (op) => { await op.createTable('a', { columns: { id: { type: 'integer', primary: true, length: -1 } } }); }",
  "async (op) => { await op.createIndex('a', ['b', 'c', [null, true, 1n]], { 'name': 'a_b', 1: { } }); }",
];

const others = [
  'function upgrade(op) { try { op.dropTable("a"); } catch {} }',
  "async (op) => { console.log('before'); await op.dropTable('a'); }",
  "async (op) => { await op.dropTable('a').then(() => undefined); }",
  'async (op) => { await op.dropTable(name); }',
  'async (op) => { await op.dropTable(`a${1}`); }',
  'async (op) => { await op.dropTable(...[]); }',
  'async (op) => { await op["dropTable"]("a"); }',
  'async (op) => { await op?.dropTable("a"); }',
  'async (op) => { await op.dropTable?.("a"); }',
  'async (op) => { await op.transaction(async () => undefined); }',
  'async (op) => { await op.createTable("a", { get columns() { return {}; } }); }',
  'async (op) => { await op.createTable("a", { ["columns"]: 1 }); }',
  'async (op) => { await op.createTable("a", { ...{} }); }',
  'async (op) => { await op.createTable("a", { columns }); }',
  'async (op) => { await op.dropTable(new Date(0)); }',
  'async (op) => { await op.dropTable(a = 1); }',
  'async (op) => { await op.dropTable(-op.x()); }',
  'async (op) => { await (await op.query("select 1")).map("a"); }',
  'async (op) => { await other.dropTable("a"); }',
  'async (op) => { const rows = await op.query("select 1"); }',
  'async (op) => { return op.dropTable("a"); }',
  'async (op) => { if (true) await op.dropTable("a"); }',
  'async (op = other) => { await op.dropTable("a"); }',
  'async ({ dropTable }) => { await dropTable("a"); }',
  'async (op, other) => { await op.dropTable("a"); }',
  'async (...op) => { await op.dropTable("a"); }',
  'function* upgrade(op) { op.dropTable("a"); }',
  'class { upgrade(op) {} }',
];

describe('isPlainFunction', () => {
  it.each(plain)('is true of %s', async (text) => {
    expect(await isPlainFunction(functionOf(text))).toBe(true);
  });

  it.each(others)('is false of %s', async (text) => {
    expect(await isPlainFunction(functionOf(text))).toBe(false);
  });

  it.each([...plain, ...others].filter((text) => /^(?:async )?function/.test(text)))(
    'is told by the parse of the file as well: %s',
    async (text) => {
      const { functions } = await readProgram('js', `export ${text}\n`);
      expect(functions.get(text)).toBe(await isPlainFunction(functionOf(text)));
    },
  );

  it('is told by the file of a revision in TypeScript as Node.js runs it', async () => {
    const file = revision({
      id: 'aaaa',
      upgrade: (op) => op.dropTable('a'),
      downgrade: given({}, (op) => op.dropTable('b')),
    });
    const { functions } = await readProgram('ts', file);
    const plainly = stripTypeScriptTypes(file);
    expect([...functions.values()]).toEqual([true, false]);
    for (const text of functions.keys()) expect(plainly).toContain(text);
  });

  it('is false of what has no text, and of methods', async () => {
    const object = {
      async upgrade(this: void, op: { dropTable(name: string): Promise<void> }) {
        await op.dropTable('a');
      },
    };
    expect(await isPlainFunction(functionOf(plain[2] ?? '').bind(null))).toBe(false);
    expect(await isPlainFunction(String)).toBe(false);
    expect(await isPlainFunction(object.upgrade as RevisionFunction)).toBe(false);
  });

  it('is never true of a function that can see when a verb has ended', async () => {
    const argument = fc
      .oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
      .map((value) => JSON.stringify(value));
    const verb = fc.tuple(fc.constantFrom('dropTable', 'execute'), fc.array(argument, { maxLength: 2 }));
    const line = verb.map(([name, args]) => `await op.${name}(${args.join(', ')});`);
    // each tells when it runs
    const seeing = fc.constantFrom(
      'tell();',
      'await tell();',
      'await op.execute(tell());',
      'await op.execute({ sql: tell() });',
      'await op.execute([tell()]);',
      'await op.execute({ get sql() { return tell(); } });',
      'await op.execute({ [tell()]: 1 });',
      'await op.execute(`${tell()}`);',
      'await op[tell()]("a");',
      'await op.execute("a") ?? tell();',
      'tell(await op.execute("a"));',
      'op.execute = tell;',
      '{ tell(); }',
      'for (;;) { tell(); break; }',
      'label: tell();',
      'await (op.execute("a"), tell());',
      'await op.execute("a").then(tell);',
      'await op.execute("a").then.call(tell);',
      'new tell();',
      'tell``;',
      'await op.execute(tell``);',
      'await op.execute(...tell());',
      'await op.execute(!tell());',
      'await op.execute(typeof tell());',
      'class A { static { tell(); } }',
      'try { await op.execute("a"); } finally { tell(); }',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), seeing, fc.array(line), async (before, told, after) => {
        const text = (lines: readonly string[]): string => `async function upgrade(op) {\n${lines.join('\n')}\n}`;
        expect(await isPlainFunction(functionOf(text([...before, ...after])))).toBe(true);
        expect(await isPlainFunction(functionOf(text([...before, told, ...after])))).toBe(false);
      }),
    );
  });
});
