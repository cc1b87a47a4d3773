import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { formOf, renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { templateFiles, templates } from '../../../libs/nest-migrate/src/script/templates.js';

const root = resolve('.');
const guides = ['docs', 'docs/guide', 'docs/recipes'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'api-report.md')
    .map((name) => join(folder, name)),
);
const pages = ['README.md', 'libs/nest-migrate/README.md', 'apps/bookshop/README.md', ...guides].filter((page) =>
  ts.sys.fileExists(page),
);

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1],
    text: match[2],
  }));
}

/** JSON under a comment that names its type, as a module that the compiler can check. */
function typedExamplesOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^<!-- (.*) -->\n```json\n([\s\S]*?)^```$/gm)].map(([, type, json], index) => ({
    page,
    line: text.slice(0, text.indexOf(json)).split('\n').length + index / 1000,
    language: 'ts',
    text: `import type { ${type.replace(/^readonly |\[\]$/g, '')} } from 'nest-migrate';\nexport const example: ${type} = ${json};\n`,
  }));
}

/** A new revision from each of the built-in templates. */
const revisions = (Object.keys(templates) as (keyof typeof templates)[]).map((name) => {
  const [file = '', text = ''] = Object.entries(templateFiles(name)).find(([path]) => path.endsWith('.template')) ?? [];
  const template = { name: file, text };
  const body = "await op.execute('select 1');";
  const bodies = formOf(template) === 'function' ? body : { default: body, 'sales-eu': '' };
  const place = {
    revision: 'a',
    downRevision: [],
    dependsOn: [],
    branchLabels: ['x'],
    message: "it's",
    createDate: '',
  };
  const extension = file.includes('.js.') ? 'js' : 'ts';
  return [
    `template-${name}.${extension}`,
    renderRevision({ ...place, upgrade: bodies, downgrade: bodies }, template),
  ] as const;
});

const blocks = pages.flatMap(blocksOf);
const isModule = ({ text }: Block): boolean => /^import /m.test(text);

/** What parts of a file name that a page shows, as the file has it. */
const around = `import { type Operations, MigrationModule } from 'nest-migrate'; import { health, op, secondsBehind } from '${join(root, 'test/house/example-prelude.js')}'; export {};`;

/** Whole modules, and in the guides parts of one. */
const modules = [
  ...blocks.filter((block) => block.language === 'ts' && isModule(block)),
  ...guides
    .flatMap(blocksOf)
    .filter((block) => block.language === 'ts' && !isModule(block))
    .map((block) => ({ ...block, text: `${around}\n${block.text}` })),
  ...pages.flatMap(typedExamplesOf),
];

describe('the guides', () => {
  it('hold TypeScript that compiles, and so do the templates of revisions', () => {
    const sources = new Map([
      ...modules.map(({ page, line, text }) => [join(root, `${page.replaceAll('/', '-')}-${line}.ts`), text] as const),
      ...revisions.map(([name, text]) => [join(root, name), text] as const),
    ]);
    const names = [...sources.keys()];
    const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
    const checked = {
      ...options,
      noEmit: true,
      incremental: false,
      allowJs: true,
      checkJs: true,
      noUnusedLocals: false,
    };
    const host = ts.createCompilerHost(checked);
    const inner = { ...host };
    host.readFile = (name) => sources.get(name) ?? inner.readFile(name);
    host.fileExists = (name) => sources.has(name) || inner.fileExists(name);
    host.getSourceFile = (name, target, ...rest) => {
      const text = sources.get(name);
      return text === undefined ? inner.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
    };
    const program = ts.createProgram(names, checked, host);
    // not of the library that they import, which `npm run typecheck` checks
    const found = names.flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)));
    const problems = found.map(({ file, start, messageText }) => {
      const where = file === undefined || start === undefined ? '' : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${file?.fileName.slice(root.length + 1) ?? ''}:${where} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    expect(problems).toEqual([]);
    expect(modules.length).toBeGreaterThan(70);
  });

  it('hold JSON that parses', () => {
    for (const { text } of blocks.filter(({ language }) => language === 'json')) {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
  });

  it('name files of this repository that are there', () => {
    const missing = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/`((?:apps|bench|docs|libs|src|test)\/[\w./-]*)`/g)]
        .map((match) => match[1])
        .filter((path) => page.startsWith('README') && !ts.sys.fileExists(path) && !ts.sys.directoryExists(path)),
    );
    expect(missing).toEqual([]);
  });
});

/** Alembic 1.19's `op`: its verbs with their parameters, less those that only name the object. */
const alembic: Readonly<Record<string, string>> = {
  add_column: 'schema if_not_exists inline_references inline_primary_key',
  alter_column:
    'nullable comment server_default new_column_name type_ existing_type existing_server_default existing_nullable existing_comment existing_autoincrement schema autoincrement postgresql_using mssql_drop_default mssql_drop_check mssql_drop_foreign_key',
  bulk_insert: 'table rows multiinsert',
  create_check_constraint: 'constraint_name condition schema deferrable initially postgresql_not_valid',
  create_exclude_constraint: 'constraint_name elements where schema deferrable initially using',
  create_foreign_key:
    'constraint_name source_table referent_table local_cols remote_cols onupdate ondelete deferrable initially match source_schema referent_schema postgresql_not_valid',
  create_index:
    'index_name columns schema unique if_not_exists postgresql_concurrently postgresql_where sqlite_where postgresql_using mysql_prefix postgresql_include postgresql_with postgresql_ops postgresql_tablespace postgresql_nulls_not_distinct mysql_using mysql_with_parser mysql_length',
  create_primary_key: 'constraint_name schema',
  create_table:
    'schema if_not_exists comment prefixes mysql_engine mysql_charset mysql_collate postgresql_partition_by postgresql_tablespace sqlite_autoincrement sqlite_strict',
  create_table_comment: 'existing_comment schema',
  create_unique_constraint: 'constraint_name schema deferrable initially postgresql_nulls_not_distinct',
  drop_column: 'schema if_exists mssql_drop_check mssql_drop_default mssql_drop_foreign_key',
  drop_constraint: 'type_ schema if_exists',
  drop_index: 'schema if_exists postgresql_concurrently',
  drop_table: 'schema if_exists',
  drop_table_comment: 'existing_comment schema',
  execute: 'execution_options',
  rename_table: 'schema',
  batch_alter_table:
    'schema recreate partial_reordering insert_before insert_after copy_from table_args table_kwargs reflect_args reflect_kwargs naming_convention',
  f: '',
  inline_literal: '',
  get_bind: '',
  get_context: '',
  invoke: '',
  run_async: '',
  register_operation: 'name sourcename',
  implementation_for: 'replace',
};

describe('the verbs of op', () => {
  const guide = readFileSync('docs/guide/operations.md', 'utf8');
  const operations = 'libs/nest-migrate/src/operations';
  const kinds = readdirSync(join(operations, 'kinds')).map((file) => join('kinds', file));
  const members = ['verbs.ts', ...kinds]
    .map((file) => [file, readFileSync(join(operations, file), 'utf8')] as const)
    .flatMap(([file, text]) => [...ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true).statements])
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => name.text.endsWith('Verbs'))
    .flatMap((declaration) => [...declaration.members]);
  const methods = members.filter(ts.isMethodSignature).map((method) => ({
    name: (method.name as ts.Identifier).text,
    tags: ts.getJSDocTags(method).map(({ tagName }) => tagName.text),
    comment: ts.getJSDocCommentsAndTags(method).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')[0] ?? '',
  }));

  it('each say what they do, with an example', () => {
    expect(methods.length).toBeGreaterThan(38);
    expect(methods.filter(({ tags, comment }) => comment.length < 30 || !tags.includes('example'))).toEqual([]);
  });

  it('stand in the guide, all of them', () => {
    expect(methods.map(({ name }) => name).filter((name) => !guide.includes(`op.${name}`))).toEqual([]);
  });

  it('of Alembic stand there as well, each with every parameter and what becomes of it', () => {
    const found: Record<string, string[]> = {};
    let current = '';
    for (const [, verb, parameter, here] of guide.matchAll(/^\| (.*?) ?\| (.*?) ?\| (.*?) ?\|$/gm)) {
      const [, name] = /^`(\w+)`$/.exec(verb) ?? [];
      if (name !== undefined) found[(current = name)] = [];
      else if (verb !== '') continue;
      if (current === '') continue;
      expect(`${current} ${parameter}: ${here}`).toMatch(/: .{3}/);
      found[current]?.push(...[...parameter.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''));
    }
    const wanted = Object.entries(alembic).map(([verb, list]) => [verb, list.split(' ').filter((name) => name !== '')]);
    expect(found).toEqual(Object.fromEntries(wanted));
  });
});
