import type ts from 'typescript';
import { edited, lineAt, type TextEdit } from '../script/rewritten-body.js';
import { type Compiler } from './application-compiler.js';

/** A source file of the application and the edits that it is to get, in the manner in which it is written. */
export class EditedSource {
  readonly tree: ts.SourceFile;
  readonly #edits: TextEdit[] = [];
  readonly #imported = new Set<string>();

  constructor(
    readonly compiler: Compiler,
    /** From the folder of the application. */
    readonly path: string,
    readonly text: string,
  ) {
    this.tree = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
  }

  /** The file as it is to be. */
  get result(): string {
    return edited(this.text, this.#edits);
  }

  /** `src/app.module.ts:12`. */
  placeOf(node: ts.Node): string {
    return `${this.path}:${lineAt(this.text, node.getStart(this.tree))}`;
  }

  textOf(node: ts.Node): string {
    return node.getText(this.tree);
  }

  replace(node: ts.Node, text: string): void {
    this.#edits.push({ start: node.getStart(this.tree), end: node.end, text });
  }

  insert(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text });
  }

  /** Puts a line below the line that a node ends in, which may have a comment behind the node. */
  insertBelow(node: ts.Node, line: string): void {
    const end = /\r?\n|$/.exec(this.text.slice(node.end))!.index;
    this.insert(node.end + end, this.newline + line);
  }

  get newline(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** What one level is indented by: a tab, or the fewest spaces that a line begins with. */
  get indentUnit(): string {
    if (/^\t/m.test(this.text)) return '\t';
    const widths = [...this.text.matchAll(/^( {2,8})[^\s*]/gm)].map(([, spaces = '']) => spaces.length);
    return ' '.repeat(widths.length === 0 ? 2 : Math.min(...widths));
  }

  /** What the line of an offset begins with. */
  indentAt(offset: number): string {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start))![0];
  }

  /** Whether nothing but blanks stands before an offset in its line. */
  beginsLine(offset: number): boolean {
    return this.text.lastIndexOf('\n', offset - 1) + 1 + this.indentAt(offset).length === offset;
  }

  lineLengthAt(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return (end === -1 ? this.text.length : end) - (this.text.lastIndexOf('\n', offset - 1) + 1);
  }

  /** A text in the file's quotation marks. */
  quoted(text: string): string {
    const specifier = this.#imports[0]?.moduleSpecifier ?? this.#required[0]?.specifier;
    const mark = specifier !== undefined && this.textOf(specifier).startsWith('"') ? '"' : "'";
    return mark + text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark;
  }

  /** A semicolon, where the file has them. */
  get semicolon(): string {
    const first = this.#imports[0] ?? this.#required[0]?.statement;
    return first !== undefined && !this.textOf(first).endsWith(';') ? '' : ';';
  }

  /** The name that the file has for what a package exports. */
  importedName(from: string, name: string): string | undefined {
    return this.imports.find((each) => each.from === from && each.name === name)?.as;
  }

  /** The values that the file imports or requires by name: from where, by which name there, and as which name here. */
  get imports(): readonly { readonly from: string; readonly name: string; readonly as: string }[] {
    const imported = this.#imports.flatMap((declaration) => {
      const from = this.#specified(declaration.moduleSpecifier);
      const name = declaration.importClause?.name;
      return [
        ...(name === undefined ? [] : [{ from, name: 'default', as: name.text }]),
        ...this.#valuesOf(declaration)
          .filter(({ isTypeOnly }) => !isTypeOnly)
          .map((element) => ({ from, name: (element.propertyName ?? element.name).text, as: element.name.text })),
      ];
    });
    const required = this.#required.flatMap(({ specifier, pattern }) =>
      pattern.elements.flatMap(({ propertyName, name }) =>
        this.compiler.isIdentifier(name)
          ? [{ from: specifier.text, name: this.textOf(propertyName ?? name), as: name.text }]
          : [],
      ),
    );
    return [...imported, ...required];
  }

  /** The names in an import of values. One of types alone brings none. */
  #valuesOf(declaration: ts.ImportDeclaration): readonly ts.ImportSpecifier[] {
    const bindings = declaration.importClause?.namedBindings;
    const isOfTypes = /^import\s+type\b/.test(this.textOf(declaration));
    return bindings !== undefined && this.compiler.isNamedImports(bindings) && !isOfTypes ? bindings.elements : [];
  }

  /** Where a name of the file comes from; undefined where no import brings it. */
  importOf(name: string): string | undefined {
    const found = this.#imports.find(({ importClause }) => {
      if (importClause === undefined) return false;
      if (importClause.name?.text === name) return true;
      const { namedBindings } = importClause;
      if (namedBindings === undefined) return false;
      return this.compiler.isNamedImports(namedBindings)
        ? namedBindings.elements.some((element) => element.name.text === name)
        : namedBindings.name.text === name;
    });
    return found === undefined
      ? this.imports.find(({ as }) => as === name)?.from
      : this.#specified(found.moduleSpecifier);
  }

  /** Imports a name. Returns false where the file uses the name for something else, and imports nothing. */
  addImport(from: string, name: string): boolean {
    if (this.#imported.has(name)) return true;
    const present = this.importedName(from, name);
    if (present !== undefined) return present === name;
    if (this.#declares(name)) return false;
    this.#imported.add(name);
    const last =
      this.#imports
        .filter(({ moduleSpecifier }) => this.#specified(moduleSpecifier) === from)
        .flatMap((declaration) => this.#valuesOf(declaration))
        .at(-1) ?? this.#required.findLast(({ specifier }) => specifier.text === from)?.pattern.elements.at(-1);
    if (last !== undefined) this.insert(last.end, `, ${name}`);
    else this.#addImportLine(this.importLine(from, name));
    return true;
  }

  /** What imports a name, as the file imports others. */
  importLine(from: string, name: string): string {
    const isRequired = this.#imports.length === 0 && this.#required.length > 0;
    const specifier = this.quoted(from);
    return (
      (isRequired ? `const { ${name} } = require(${specifier})` : `import { ${name} } from ${specifier}`) +
      this.semicolon
    );
  }

  /** Behind the last import of a package, so that those of files stay together. */
  #addImportLine(line: string): void {
    const isOfPackage = (specifier: string): boolean => !/^[./#]/.test(specifier);
    const last =
      this.#imports.findLast(({ moduleSpecifier }) => isOfPackage(this.#specified(moduleSpecifier))) ??
      this.#required.findLast(({ specifier }) => isOfPackage(specifier.text))?.statement;
    if (last !== undefined) {
      this.insertBelow(last, line);
      return;
    }
    const first = this.#imports[0] ?? this.#required[0]?.statement ?? this.tree.statements[0];
    this.insert(first?.getStart(this.tree) ?? 0, line + this.newline);
  }

  /** `const { name } = require('from')` at the top of the file. */
  get #required(): readonly {
    readonly statement: ts.Statement;
    readonly specifier: ts.StringLiteral;
    readonly pattern: ts.ObjectBindingPattern;
  }[] {
    const { compiler } = this;
    return this.tree.statements.flatMap((statement) => {
      if (!compiler.isVariableStatement(statement)) return [];
      return statement.declarationList.declarations.flatMap(({ name: pattern, initializer: call }) => {
        if (call === undefined || !compiler.isObjectBindingPattern(pattern)) return [];
        if (!compiler.isCallExpression(call) || this.textOf(call.expression) !== 'require') return [];
        const [specifier] = call.arguments;
        return specifier !== undefined && compiler.isStringLiteral(specifier)
          ? [{ statement, specifier, pattern }]
          : [];
      });
    });
  }

  get #imports(): readonly ts.ImportDeclaration[] {
    return this.tree.statements.filter((each) => this.compiler.isImportDeclaration(each));
  }

  #specified(node: ts.Expression): string {
    return this.compiler.isStringLiteral(node) ? node.text : '';
  }

  #declares(name: string): boolean {
    if (this.importOf(name) !== undefined) return true;
    let found = false;
    const visit = (node: ts.Node): void => {
      const declared = (node as Partial<ts.NamedDeclaration>).name;
      if (declared !== undefined && this.compiler.isIdentifier(declared) && declared.text === name) {
        found ||= !this.compiler.isPropertyAccessExpression(node) && !this.compiler.isPropertyAssignment(node);
      }
      this.compiler.forEachChild(node, visit);
    };
    visit(this.tree);
    return found;
  }
}
