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
          const orm = properties.find((property) => property.name?.getText() === 'orm') as ts.PropertyAssignment;
          return ts.visitNode(orm.initializer, visit);
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
