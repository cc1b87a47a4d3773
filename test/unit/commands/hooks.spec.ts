import { describe, expect, it } from '@jest/globals';
import {
  type DirectivesContext,
  type MigrationModuleOptions,
  type AnyOperation,
  type Operation,
  type RevisionDirective,
  Rewriter,
} from 'nest-migrate';
import { OperationRegistry } from '../../../libs/nest-migrate/src/operations/operation-registry.js';
import { configured } from '../../../libs/nest-migrate/src/commands/configure.js';
import { type RenderColumn } from '../../../libs/nest-migrate/src/commands/render-column.js';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { resolveOptions } from '../../../libs/nest-migrate/src/commands/resolve-options.js';
import { directiveProcessors, processDirectives } from '../../../libs/nest-migrate/src/commands/revision-directives.js';

const call = { command: 'upgrade', connection: 'default', xArguments: { tenant: 'acme' } };
const dropBook: Operation = { kind: 'dropTable', table: 'book' };
const dropAuthor: Operation = { kind: 'dropTable', table: 'author' };
const comment: Operation = { kind: 'alterTableComment', table: 'book', comment: 'x' };

function directive(upgrade: Operation[] = [dropBook, dropAuthor], downgrade: Operation[] = []): RevisionDirective {
  return {
    message: '',
    revId: 'aaaa',
    head: 'head',
    splice: false,
    branchLabels: [],
    dependsOn: [],
    operations: [{ connection: 'default', upgrade, downgrade }],
  };
}

const context: DirectivesContext = {
  command: 'migrate',
  autogenerate: true,
  connections: ['default'],
  xArguments: {},
  reverse: (operation) => OperationRegistry.empty.reverse(operation),
};

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('configure', () => {
  it('changes the options of a call, each callback what the one before made of them', () => {
    const seen: unknown[] = [];
    const options: MigrationModuleOptions = {
      versionTable: 'v',
      configure: [
        (given, about) => {
          seen.push(given, about);
          return { versionTableSchema: about.xArguments['tenant'] };
        },
        () => undefined,
        ({ versionTable, versionTableSchema }) => ({ versionTable: `${versionTableSchema}_${versionTable}` }),
      ],
    };
    expect(configured(options, call)).toEqual({ versionTable: 'acme_v', versionTableSchema: 'acme' });
    expect(seen).toEqual([{ versionTable: 'v' }, call]);
    expect(options.versionTable).toBe('v');
  });

  it('gives an option its default back', () => {
    const options = configured({ directory: 'other', configure: () => ({ directory: undefined }) }, call);
    expect(resolveOptions(options, '/app', {}).directory).toBe('/app/migrations');
  });

  it('is checked as the options are', () => {
    const resolve = (configure: unknown) => () =>
      resolveOptions(configured({ configure } as MigrationModuleOptions, call), '/app', {});
    expect(messageOf(resolve(() => ({ versionTabel: 'x' })))).toBe(
      "The option 'versionTabel' of MigrationModule is not known. Did you mean 'versionTable'?",
    );
    expect(messageOf(resolve('tenant'))).toBe(
      "The option 'configure' of MigrationModule is neither a function nor a list of them.",
    );
    expect(messageOf(resolve(() => 'tenant'))).toMatch(
      /'configure' of MigrationModule returned string\. Return the options/,
    );
    expect(messageOf(resolve(async () => ({})))).toMatch(/returned a promise\. Await in the factory/);
    expect(messageOf(resolve(() => ({ configure: () => ({}) })))).toMatch(/returned another 'configure'/);
  });
});

describe('the options that are functions', () => {
  it.each([
    ['includeObject', true, 'is no function'],
    ['includeName', 'book', 'is no function'],
    ['renderItem', {}, 'is no function'],
    ['compareType', 'yes', 'is neither a function nor true or false'],
    ['compareServerDefault', 1, 'is neither a function nor true or false'],
    ['onVersionApply', [() => undefined, 'x'], 'is neither a function nor a list of them'],
    ['processRevisionDirectives', [{}], 'is neither a function, a Rewriter nor a list of them'],
  ])('%s can be nothing else', (option, value, problem) => {
    expect(messageOf(() => resolveOptions({ [option]: value }, '/app', {}))).toBe(
      `The option '${option}' of MigrationModule ${problem}.`,
    );
  });
});

describe('processRevisionDirectives', () => {
  const run = (hook: unknown) =>
    processDirectives(directiveProcessors(hook as never), directive(), context, OperationRegistry.empty).then(
      (directives) => directives.map(({ revId, operations }) => [revId, operations[0]?.upgrade.length]),
      (error: Error) => error.message,
    );

  it('changes, adds, answers and empties', async () => {
    expect(await run((list: RevisionDirective[]) => void (list[0].operations[0].upgrade = []))).toEqual([['aaaa', 0]]);
    expect(await run((list: RevisionDirective[]) => void list.push({ ...directive(), revId: 'bbbb' }))).toEqual([
      ['aaaa', 2],
      ['bbbb', 2],
    ]);
    expect(await run(async () => [{ ...directive([]), revId: 'cccc' }])).toEqual([['cccc', 0]]);
    expect(await run((list: RevisionDirective[]) => void (list.length = 0))).toEqual([]);
  });

  it('runs several in order, and rewriters among them', async () => {
    const rewriter = new Rewriter().rewrites('dropTable', ({ table }) => (table === 'book' ? [] : dropAuthor));
    const seen: number[] = [];
    const count = (list: readonly RevisionDirective[]): void => void seen.push(list[0].operations[0].upgrade.length);
    await run([count, rewriter, count]);
    expect(seen).toEqual([2, 1]);
  });

  it.each([
    ['answers a text', () => 'x', 'returned no list'],
    ['leaves a hole', () => [undefined], 'left undefined in the list'],
    ['forgets the id', () => [{ ...directive(), revId: '' }], "left a directive without a 'revId'"],
    [
      'takes the message away',
      () => [{ ...directive(), message: null }],
      "left revision 'aaaa' with a 'message' that is no text",
    ],
    [
      'says splice with a text',
      () => [{ ...directive(), splice: 'yes' }],
      "with a 'splice' that is neither true nor false",
    ],
    [
      'sets head to null',
      () => [{ ...directive(), head: null }],
      "with a 'head' that is neither a text nor a list of them",
    ],
    ['loses the operations', () => [{ ...directive(), operations: undefined }], "with 'operations' that are no list"],
    [
      'names another connection',
      () => [{ ...directive(), operations: [{ connection: 'other', upgrade: [], downgrade: [] }] }],
      "with operations for 'other' where the command is about default",
    ],
    [
      'makes up a kind',
      () => [directive([{ kind: 'dropTabel', table: 'book' } as never])],
      "with an operation in 'upgrade' whose kind is 'dropTabel'",
    ],
    [
      'gives a value that is none',
      () => [directive([{ kind: 'execute', sql: 'select ?', params: [{ $date: 'nonsense' }] }])],
      "with an operation in 'upgrade' with an invalid date as '$date' in 'params.0'",
    ],
    [
      'forgets a direction',
      () => [{ ...directive(), operations: [{ connection: 'default', upgrade: [] }] }],
      "with an 'downgrade' for default that is no list",
    ],
  ])('is refused where it %s', async (_, hook, problem) => {
    const message = await run(hook);
    expect(message).toContain("The option 'processRevisionDirectives' of MigrationModule");
    expect(message).toContain(problem);
  });
});

describe('Rewriter', () => {
  const rewritten = (rewriter: Rewriter): readonly AnyOperation[][] => {
    const list = [directive([dropBook, comment], [comment])];
    rewriter.process(list, context);
    return [list[0].operations[0].upgrade, list[0].operations[0].downgrade];
  };

  it('replaces, multiplies and removes operations of a kind, in both directions', () => {
    const rewriter = new Rewriter()
      .rewrites('dropTable', (operation) => [operation, { ...operation, table: `${operation.table}_2` }])
      .rewrites('alterTableComment', (operation, { direction }) =>
        direction === 'downgrade' ? [] : { ...operation, comment: null },
      );
    expect(rewritten(rewriter)).toEqual([
      [dropBook, { kind: 'dropTable', table: 'book_2' }, { kind: 'alterTableComment', table: 'book', comment: null }],
      [],
    ]);
  });

  it('gives what a rewrite answers to those behind it, and never to itself', () => {
    const first = new Rewriter().rewrites('dropTable', (operation) => [operation, operation]);
    const second = new Rewriter().rewrites(['dropTable', 'alterTableComment'], () => dropAuthor);
    expect(rewritten(first.chain(second))[0]).toEqual([dropAuthor, dropAuthor, dropAuthor]);
    expect(rewritten(first)[0]).toEqual([dropBook, dropBook, comment]);
  });

  it('refuses a rewrite that answers nothing', () => {
    const rewriter = new Rewriter().rewrites('dropTable', () => undefined as never);
    expect(messageOf(() => rewritten(rewriter))).toMatch(
      /has a rewrite of 'dropTable' that returns undefined\. Return the operation, several, or \[\] for none\.$/,
    );
  });
});

describe('renderColumn', () => {
  const price = { name: 'price', type: 'decimal', precision: 10, scale: 2 } as const;
  const table: Operation = {
    kind: 'createTable',
    table: 'book',
    columns: [{ name: 'id', type: 'integer' }, price],
    indexes: [],
    uniques: [],
    checks: [],
    foreignKeys: [],
  };
  const render = (operations: readonly Operation[], renderColumn: RenderColumn, imports = new Set<string>()): string =>
    renderBody(operations, { direction: 'upgrade', connection: 'default', imports }, { renderColumn });

  it('writes the options of a column and what they need at the head of the file', () => {
    const imports = new Set<string>();
    const add = { kind: 'addColumn', table: 'author', column: price, after: 'id' } as const;
    const source = render(
      [table, add, { ...add, after: undefined }],
      ({ column, table: of, imports: lines }) => {
        if (column.type !== 'decimal') return undefined;
        lines.add("import { money } from '../../columns';");
        return `money('${of}')`;
      },
      imports,
    );
    expect(source).toBe(`await op.createTable('book', {
  columns: {
    id: { type: 'integer' },
    price: money('book'),
  },
});
await op.addColumn('author', 'price', { ...money('author'), after: 'id' });
await op.addColumn('author', 'price', money('author'));
`);
    const content = { revision: 'a', downRevision: [], dependsOn: [], branchLabels: [], message: '', createDate: '' };
    const text = renderRevision({ ...content, upgrade: source, downgrade: '', imports: [...imports] });
    expect(text).toContain(
      "import type { Operations } from 'nest-migrate';\nimport { money } from '../../columns';\n\nexport const revision",
    );
  });

  it('writes the columns that a batch adds, and not those that its table has', () => {
    const alterations = [{ kind: 'addColumn', table: 'book', schema: 'shop', column: price }] as const;
    const source = renderBody(
      alterations,
      {
        direction: 'upgrade',
        connection: 'default',
        batches: [{ existing: { ...table, schema: 'shop' }, alterations }],
      },
      { renderColumn: ({ column, schema }) => (column.type === 'decimal' ? `money('${schema}')` : undefined) },
    );
    expect(source).toContain("await batch.addColumn('book', 'price', money('shop'));");
    expect(source).toContain("price: { type: 'decimal', precision: 10, scale: 2 }");
  });

  it('is refused where it returns something else', () => {
    expect(messageOf(() => render([table], () => null as never))).toBe(
      "The option 'renderColumn' of MigrationModule returned null.",
    );
  });
});

describe('renderItem', () => {
  const render = (item: unknown): string =>
    renderBody(
      [dropBook, dropAuthor],
      { direction: 'upgrade', connection: 'default' },
      { renderItem: ({ operation }) => (operation === dropBook ? (item as string) : undefined) },
    );

  it('writes, leaves out, or leaves it to the tool', () => {
    expect(render('await mine();')).toBe("await mine();\nawait op.dropTable('author');\n");
    expect(render(false)).toBe("await op.dropTable('author');\n");
    expect(render(undefined)).toBe("await op.dropTable('book');\nawait op.dropTable('author');\n");
    expect(messageOf(() => render(null))).toBe("The option 'renderItem' of MigrationModule returned null.");
  });
});
