import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ts from 'typescript';
import { EditedSource } from '../../../libs/nest-migrate/src/schematics/edited-source.js';
import { ormModulesOf, wrapOrmModule } from '../../../libs/nest-migrate/src/schematics/orm-modules.js';

/** How a file is written. */
interface Manner {
  readonly quote: string;
  readonly end: string;
  readonly newline: string;
  readonly unit: string;
}

const manner = fc.record<Manner>({
  quote: fc.constantFrom("'", '"'),
  end: fc.constantFrom('', ';'),
  newline: fc.constantFrom('\n', '\r\n'),
  unit: fc.constantFrom('  ', '    ', '\t'),
});

/** Calls, in lines that are indented from the left; `Q` is a quotation mark. */
const call = fc.constantFrom(
  ['MikroOrmModule.forRoot()'],
  ['MikroOrmModule.forRoot(config)'],
  ['MikroOrmModule.forRoot({ dbName: QshopQ, entities: [] })'],
  ['MikroOrmModule.forRoot({', '>dbName: QshopQ,', '>// a word', '>pool: {', '>>max: 2,', '>},', '})'],
  ['MikroOrmModule.forRootAsync({', '>useFactory: () => ({', '>>sql: `a', 'b ${`c', ' d`}`,', '>}),', '})'],
  ['await MikroOrmModule.forRoot({', '>/* two', '>>lines */', '>dbName: `x`,', '})'],
  ['MikroOrmModule.forRoot({', '>contextName: QbillingQ,', '>dbName: QbQ,', '})'],
);

interface Around {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly layout: 'one line' | 'a line each' | 'the last below';
  readonly isDynamic: boolean;
}

const neighbours = fc.record<Around>({
  before: fc.constantFrom<readonly string[]>([], ['ConfigModule.forRoot()'], ['UserModule', 'PostModule']),
  after: fc.constantFrom<readonly string[]>([], ['MikroOrmModule.forFeature([])'], ['UserModule']),
  layout: fc.constantFrom<Around['layout']>('one line', 'a line each', 'the last below'),
  isDynamic: fc.boolean(),
});

function written({ quote, newline, unit }: Manner, lines: readonly string[], depth: number): string {
  return lines
    .map((line, index) => {
      const [, deeper = '', text = ''] = /^(>*)(.*)$/.exec(line)!;
      // what continues a template stands where it stands
      const isTemplate = /^(b \$| d`)/.test(text);
      const margin = index === 0 || isTemplate ? '' : unit.repeat(depth + deeper.length);
      return margin + text.replaceAll('Q', quote);
    })
    .join(newline);
}

function file(style: Manner, lines: readonly string[], around: Around): string {
  const { quote, end, newline, unit } = style;
  const { before, after, layout, isDynamic } = around;
  const depth = (isDynamic ? 2 : 0) + (layout === 'a line each' ? 2 : 1);
  const items = [...before, written(style, lines, depth), ...after];
  const margin = unit.repeat(depth);
  const list =
    layout === 'a line each'
      ? `[${items.map((item) => `${newline}${margin}${item},`).join('')}${newline}${unit.repeat(depth - 1)}]`
      : layout === 'one line'
        ? `[${items.join(', ')}]`
        : `[${items.join(`,${newline}${margin}`)}]`;
  const header = [
    `import { MikroOrmModule } from ${quote}@mikro-orm/nestjs${quote}${end}`,
    `import { Module } from ${quote}@nestjs/common${quote}${end}`,
    `import { ConfigModule, UserModule, PostModule } from ${quote}./modules${quote}${end}`,
    '',
  ];
  const body = isDynamic
    ? [
        'class AppModule {',
        `${unit}static async make() {`,
        `${unit}${unit}return { imports: ${list} }${end}`,
        `${unit}}`,
        '}',
      ]
    : [`@Module({`, `${unit}imports: ${list},`, '})', 'class AppModule {}'];
  return [...header, ...body, ''].join(newline);
}

/** Wraps all that is found in a file. */
function wrapped(text: string): { readonly text: string; readonly found: number; readonly wired: number } {
  const source = new EditedSource(ts, 'src/app.module.ts', text);
  const { found, wired } = ormModulesOf(source, () => false);
  for (const each of found) wrapOrmModule(each, { directory: 'database' });
  return { text: source.result, found: found.length, wired };
}

/** A program in the compiler's own words, with what is in `orm` in the place of the module around it. */
function meaning(text: string): string {
  const tree = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const { transformed } = ts.transform<ts.SourceFile>(tree, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node | undefined => {
        if (ts.isImportDeclaration(node) && /nest-migrate/.test(node.moduleSpecifier.getText())) return undefined;
        if (ts.isCallExpression(node) && node.expression.getText() === 'MigrationModule.forRoot') {
          const { properties } = node.arguments[0] as ts.ObjectLiteralExpression;
          const orm = properties.find((property) => property.name?.getText() === 'orm')!;
          if (ts.isShorthandPropertyAssignment(orm)) return orm.name;
          return ts.visitNode((orm as ts.PropertyAssignment).initializer, visit);
        }
        return ts.visitEachChild(node, visit, context);
      };
      return ts.visitNode(root, visit) as ts.SourceFile;
    },
  ]);
  return ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed }).printFile(transformed[0]);
}

describe('MigrationModule around MikroORM’s module', () => {
  it('changes nothing but what is around it, keeps the manner of the file, and is put once', () => {
    fc.assert(
      fc.property(manner, call, neighbours, (style, lines, around) => {
        const before = file(style, lines, around);
        const { text, found } = wrapped(before);
        expect(found).toBe(1);
        const { parseDiagnostics = [] } = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest) as unknown as {
          readonly parseDiagnostics?: readonly unknown[];
        };
        expect(parseDiagnostics).toEqual([]);
        // the printer keeps line breaks of lists, which the edit adds to
        const flat = (code: string): string => code.replace(/\s+/g, ' ');
        expect(flat(meaning(text))).toBe(flat(meaning(before)));
        expect(text).toContain(
          `import { MigrationModule } from ${style.quote}nest-migrate${style.quote}${style.end}${style.newline}`,
        );
        expect(text).toContain(`directory: ${style.quote}database${style.quote}`);
        expect(text.includes('contextName: ' + style.quote + 'billing' + style.quote + ',')).toBe(
          lines.some((line) => line.includes('contextName')),
        );
        if (style.newline === '\r\n') expect(text).not.toMatch(/[^\r]\n/);
        // each line begins with whole levels, apart from what continues a template
        const strange = text
          .split(style.newline)
          .filter((line) => /^[ \t]/.test(line) && !line.startsWith(style.unit) && line !== ' d`}`,');
        expect(strange).toEqual([]);
        expect(wrapped(text)).toEqual({ text, found: 0, wired: 1 });
      }),
      { numRuns: 150 },
    );
  });
});

/** How a file has what makes MikroORM's module, by a name; `CALL` is the call, and a use of the name stands for it. */
const holders: readonly { readonly text: string; readonly use: string }[] = [
  { text: 'const made = CALL;', use: 'made' },
  { text: 'function made() {\n  return CALL;\n}', use: 'made()' },
  { text: 'async function made() {\n  const orm = await CALL;\n  return orm;\n}', use: 'made()' },
  { text: 'const made = (flag?: boolean) => (flag ? CALL : CALL);', use: 'made(true)' },
  { text: 'const made = function () {\n  if (Date.now() > 0) return CALL;\n  return CALL;\n};', use: 'await made()' },
  { text: 'class made {\n  static forRoot() {\n    return CALL;\n  }\n}', use: 'made.forRoot()' },
];

/** How another file gets it: what the file with it exports, what lies between, and how it is imported as `made`. */
const ways: readonly { readonly exported: string; readonly between?: string; readonly imported: string }[] = [
  { exported: 'export { made };', imported: '{ made }' },
  { exported: 'export { made as database };', imported: '{ database as made }' },
  { exported: 'export default made;', imported: 'made' },
  { exported: 'export { made };', between: "export * from './one';", imported: '{ made }' },
  { exported: 'export { made as x };', between: "export { x as made } from './one';", imported: '{ made }' },
  { exported: 'export default made;', between: "export { default as made } from './one';", imported: '{ made }' },
];

/** How the application uses it, and whether MigrationModule can be put around. */
const uses: readonly { readonly text: string; readonly isSure: boolean }[] = [
  { text: '@Module({ imports: [USE, Other] })\nclass AppModule {}', isSure: true },
  { text: '@Module({ imports: [...(flag ? [USE] : [])] })\nclass AppModule {}', isSure: true },
  { text: 'const imports = [Other, USE];\n@Module({ imports })\nclass AppModule {}', isSure: true },
  {
    text: 'const orm = USE;\n@Module({ imports: [orm] })\nclass AppModule {\n  constructor(readonly made: X) {}\n}',
    isSure: true,
  },
  {
    text: '@Module({ imports: [USE] })\nclass AppModule {}\n@Module({ imports: [USE] })\nclass Other {}',
    isSure: false,
  },
  { text: 'register(USE);\n@Module({ imports: [USE] })\nclass AppModule {}', isSure: false },
  { text: '@Module({ imports: [Other] })\nclass AppModule {}', isSure: false },
  { text: 'const kept = { made: USE };\n@Module({ imports: [kept.made] })\nclass AppModule {}', isSure: false },
];

/** Wraps what is found in an application of several files. */
function wiredFiles(texts: ReadonlyMap<string, string>): {
  readonly texts: ReadonlyMap<string, string>;
  readonly [count: string]: unknown;
} {
  const sources = new Map([...texts].map(([path, text]) => [path, new EditedSource(ts, path, text)]));
  const all = [...sources.values()].map((source) =>
    ormModulesOf(source, () => false, {
      all: () => [...sources.values()],
      resolve: (_, specifier) => sources.get(specifier.replace('./', '') + '.ts'),
    }),
  );
  const found = all.flatMap((each) => each.found);
  for (const each of found) wrapOrmModule(each, {});
  return {
    texts: new Map([...sources].map(([path, { result }]) => [path, result])),
    found: found.length,
    wired: all.reduce((sum, { wired }) => sum + wired, 0),
    byHand: all.flatMap(({ byHand }) => byHand).length,
  };
}

describe('MigrationModule around what has MikroORM’s module', () => {
  const cases = holders.flatMap((holder) =>
    [undefined, ...ways].flatMap((way) => uses.map((use) => ({ holder, way, use }))),
  );

  it('is put where the one list of imports has it, whatever has it and by which way, and is put once', () => {
    for (const { holder, way, use } of cases) {
      const call = holder.text.replaceAll('CALL', "MikroOrmModule.forRoot({ contextName: 'a', dbName: 'b' })");
      const having = `import { MikroOrmModule } from '@mikro-orm/nestjs';\n${call}\n${way?.exported ?? ''}\n`;
      const from = way?.between === undefined ? './one' : './two';
      const using = use.text.replaceAll('USE', holder.use);
      const before = new Map([
        ['one.ts', way === undefined ? having + using : having],
        ...(way === undefined ? [] : [['app.ts', `import ${way.imported} from '${from}';\n${using}\n`] as const]),
        ...(way?.between === undefined ? [] : [['two.ts', way.between] as const]),
      ]);
      const calls = call.split('forRoot({').length - 1;
      const { texts, ...counts } = wiredFiles(before);
      const about = [...before.values()].join('\n');
      if (use.isSure) {
        expect([about, counts]).toEqual([about, { found: 1, wired: 0, byHand: 0 }]);
        const [path] = [way === undefined ? 'one.ts' : 'app.ts'];
        expect(texts.get(path)).toContain("contextName: 'a',");
        // what is around it is as it was
        const flat = (code: string): string => code.replace(/\s+/g, ' ');
        expect(flat(meaning(texts.get(path)!))).toBe(flat(meaning(before.get(path)!)));
        for (const [other, text] of before) if (other !== path) expect(texts.get(other)).toBe(text);
        expect(wiredFiles(texts)).toEqual({ texts, found: 0, wired: calls, byHand: 0 });
      } else {
        expect([about, counts]).toEqual([about, { found: 0, wired: 0, byHand: calls }]);
        expect(texts).toEqual(before);
      }
    }
    expect(cases.length).toBe(336);
  });
});
