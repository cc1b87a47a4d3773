import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { format } from 'prettier';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { turns } from '../../support/turns.js';
import { anyOperation, anyRebuild } from './arbitrary-operations.js';
import { runRendered } from './run-rendered.js';

/** Operations as data, without what was never said, or is only said to people. */
function plain(operations: readonly Operation[]): unknown {
  return JSON.parse(JSON.stringify(operations.map((operation) => ({ ...operation, warning: undefined }))));
}

describe('rendered operations', () => {
  it('are the statements of a function body', () => {
    expect(renderOperations([])).toBe('');
    expect(renderOperations([{ kind: 'dropTable', table: 'draft' }])).toBe("await op.dropTable('draft');\n");
  });

  it('read like what a careful person writes', () => {
    expect(renderOperations(story)).toBe(storyAsWritten);
  });

  it('give the same operations when they run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { minLength: 1, maxLength: 3 }), async (operations) => {
        const steps = await runRendered(renderOperations(operations), 'postgres');
        expect(plain(steps.flatMap((step) => step.operations))).toEqual(plain(operations));
      }),
      { numRuns: turns.isWhole ? 1500 : 500 },
    );
  });

  it('are left alone by Prettier', async () => {
    await fc.assert(
      fc.asyncProperty(anyOperation, async (operation) => {
        fc.pre(operation.kind !== 'execute' && operation.kind !== 'bulkInsert'); // never generated
        // how wide anything else is, is a matter of opinion
        fc.pre(/^[\x20-\x7e]*$/.test(JSON.stringify(operation)));
        const source = renderOperations([operation]);
        const options = { parser: 'typescript', singleQuote: true, trailingComma: 'all', printWidth: 98 } as const;
        expect(source).toBe(await format(source, options));
      }),
      { numRuns: turns.isWhole ? 400 : 150 },
    );
  });

  it('of a table that is rebuilt are one batch, which gives them and the table again when it runs', async () => {
    const unnamed = (operations: readonly Operation[]): unknown =>
      // the batch knows its columns
      plain(operations.map((operation) => ({ ...operation, existing: undefined }) as Operation));
    await fc.assert(
      fc.asyncProperty(anyRebuild, async ({ table, alterations }) => {
        const source = renderOperations(alterations, undefined, [{ existing: table, alterations }]);
        const steps = await runRendered(source, 'sqlite');
        expect(steps.map(({ operations }) => unnamed(operations))).toEqual([unnamed(alterations)]);
        expect(plain([steps[0]?.existing as Operation])).toEqual(plain([table]));
      }),
      { numRuns: turns.isWhole ? 400 : 150 },
    );
  });

  it('of a table that are one batch are left alone by Prettier', async () => {
    await fc.assert(
      fc.asyncProperty(anyRebuild, async ({ table, alterations }) => {
        const narrow = <T>(data: T): T => JSON.parse(JSON.stringify(data).replace(/[^\x20-\x7e]/g, 'x')) as T;
        const rebuild = narrow({ existing: table, alterations });
        const options = { parser: 'typescript', singleQuote: true, trailingComma: 'all', printWidth: 98 } as const;
        for (const batch of [rebuild, { alterations: rebuild.alterations }]) {
          const source = renderOperations(rebuild.alterations, undefined, [batch]);
          expect(source).toBe(await format(source, options));
        }
      }),
      { numRuns: turns.isWhole ? 200 : 80 },
    );
  });

  it('of a table that is rebuilt say what it is, where they follow one another as they are', () => {
    const existing = { ...emptyTable, table: 'book', columns: [{ name: 'title', type: 'text' }] } as const;
    const warning = 'looks at every row';
    const alter: Operation = {
      kind: 'alterColumn',
      table: 'book',
      column: 'title',
      change: { nullable: true },
      warning,
    };
    const check: Operation = { kind: 'createCheckConstraint', table: 'book', check: { name: 'c', expression: 'true' } };
    const view: Operation = { kind: 'createView', view: 'v', definition: 'select title from book' };
    const rebuild = { existing, alterations: [alter, check] };
    const written = (...operations: readonly Operation[]): string => renderOperations(operations, undefined, [rebuild]);
    expect(written(check, { ...alter }, check, view))
      .toBe(`await op.createCheckConstraint('book', 'true', { name: 'c' });
await op.batchAlterTable(
  'book',
  async (batch) => {
    // looks at every row
    await batch.alterColumn('book', 'title', { nullable: true });
    await batch.createCheckConstraint('book', 'true', { name: 'c' });
  },
  {
    existing: {
      columns: {
        title: { type: 'text' },
      },
    },
  },
);
await op.createView('v', 'select title from book');
`);
    expect(written(alter, view, check)).not.toContain('batch');
  });

  it('do not say what only the way back needs', () => {
    const previous = { name: 'a', type: 'text' } as const;
    expect(renderOperations([{ kind: 'dropColumn', table: 't', column: 'a', previous }])).toBe(
      "await op.dropColumn('t', 'a');\n",
    );
  });

  it('have what to look at as a comment right above them, in lines as long as any other', () => {
    const warning =
      'drops column book.isbn, which no entity has: what it holds is lost, so move what is needed before this step';
    expect(renderOperations([{ kind: 'dropColumn', table: 'book', column: 'isbn', warning }])).toBe(
      '// drops column book.isbn, which no entity has: what it holds is lost, so move what is needed\n' +
        '// before this step\n' +
        "await op.dropColumn('book', 'isbn');\n",
    );
  });

  it('keep a name that ends lines within its comment', () => {
    const warning = "drops table a\n\u2028\rawait op.dropTable('b'); // \u202e: its rows are lost";
    expect(renderOperations([{ kind: 'dropSchema', name: 'a', warning }])).toBe(
      "// drops table a\\n\\u2028\\rawait op.dropTable('b'); // \\u202e: its rows are lost\nawait op.dropSchema('a');\n",
    );
  });

  it('list the columns of a table where JavaScript would reorder their names', () => {
    const columns = [
      { name: 'b', type: 'text' },
      { name: '1', type: 'text' },
    ] as const;
    const source = renderOperations([{ ...emptyTable, columns }]);
    expect(source).toContain("{ name: 'b', type: 'text' },");
  });
});

const emptyTable = { kind: 'createTable', table: 't', indexes: [], uniques: [], checks: [], foreignKeys: [] } as const;

const story: readonly Operation[] = [
  {
    kind: 'createTable',
    table: 'post',
    columns: [
      { name: 'id', type: 'integer', autoincrement: true },
      { name: 'title', type: 'string', length: 120 },
      { name: 'state', type: 'enum', items: ['draft', 'live'], default: 'draft' },
      { name: 'price', type: 'decimal', precision: 10, scale: 2, default: 0 },
      { name: 'created_at', type: 'datetime', length: 6, defaultRaw: 'now()', comment: "the author's clock" },
      { name: 'author_id', type: 'integer', nullable: true },
    ],
    primaryKey: { name: 'post_pkey', columns: ['id'] },
    comment: 'what people read',
    indexes: [{ name: 'post_title_index', columns: [{ name: 'title' }, { name: 'id', sort: 'desc' }] }],
    uniques: [{ name: 'post_title_unique', columns: ['title', 'author_id'] }],
    checks: [{ name: 'post_price_check', expression: `"price" >= 0 and title <> 'none'` }],
    foreignKeys: [
      {
        name: 'post_author_id_foreign',
        columns: ['author_id'],
        referencedTable: 'author',
        referencedColumns: ['id'],
        deleteRule: 'set null',
      },
    ],
  },
  { kind: 'addColumn', table: 'author', column: { name: 'bio', type: 'text', nullable: true } },
  {
    kind: 'alterColumn',
    table: 'author',
    column: 'name',
    change: { length: 200 },
    existing: { type: 'string', length: 100, comment: 'as it is printed on the cover of the book' },
  },
  { kind: 'dropConstraint', table: 'author', name: 'author_email_unique', type: 'unique' },
];

const storyAsWritten = `await op.createTable('post', {
  columns: {
    id: { type: 'integer', autoincrement: true },
    title: { type: 'string', length: 120 },
    state: { type: 'enum', items: ['draft', 'live'], default: 'draft' },
    price: { type: 'decimal', precision: 10, scale: 2, default: 0 },
    created_at: {
      type: 'datetime',
      length: 6,
      defaultRaw: 'now()',
      comment: "the author's clock",
    },
    author_id: { type: 'integer', nullable: true },
  },
  primaryKey: { name: 'post_pkey', columns: 'id' },
  uniques: [{ name: 'post_title_unique', columns: ['title', 'author_id'] }],
  indexes: [{ name: 'post_title_index', columns: ['title', { name: 'id', sort: 'desc' }] }],
  checks: [{ name: 'post_price_check', expression: \`"price" >= 0 and title <> 'none'\` }],
  foreignKeys: [
    {
      name: 'post_author_id_foreign',
      columns: 'author_id',
      referencedTable: 'author',
      referencedColumns: 'id',
      deleteRule: 'set null',
    },
  ],
  comment: 'what people read',
});
await op.addColumn('author', 'bio', { type: 'text', nullable: true });
await op.alterColumn(
  'author',
  'name',
  { length: 200 },
  {
    existing: {
      type: 'string',
      length: 100,
      comment: 'as it is printed on the cover of the book',
    },
  },
);
await op.dropConstraint('author', 'author_email_unique', { type: 'unique' });
`;
