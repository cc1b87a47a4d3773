import type ts from 'typescript';
import { type EditedSource } from './edited-source.js';

/** The files of an application, as far as they refer to one another. */
export interface ApplicationFiles {
  readonly all: () => readonly EditedSource[];
  /** The file that one of them means by a specifier; undefined for packages. */
  readonly resolve: (source: EditedSource, specifier: string) => EditedSource | undefined;
}

/** An expression of a file. */
export interface Use {
  readonly source: EditedSource;
  readonly expression: ts.Expression;
}

/** What has the value of an expression: a constant, a function that returns it, a static method that does. */
export interface Holder {
  /** The constant, the function, or the class; undefined for a default export without a name. */
  readonly name: ts.Identifier | undefined;
  /** The method. */
  readonly method?: string;
  /** What is called, where a call stands for the expression. */
  readonly called?: ts.FunctionLikeDeclaration;
  /** The declaration, where other files may import it. */
  readonly declaration: ts.Node;
}

/** What has the value of an expression, where it is initialized with it or returns it. */
export function holderOf({ compiler }: EditedSource, expression: ts.Expression): Holder | undefined {
  const { parent } = expression;
  const declared = (node: ts.Node, called?: ts.FunctionLikeDeclaration): Holder | undefined => {
    if (compiler.isExportAssignment(node)) return { name: undefined, declaration: node, called };
    if (!compiler.isVariableDeclaration(node) || !compiler.isIdentifier(node.name)) return undefined;
    return { name: node.name, declaration: node.parent.parent, called };
  };
  if (compiler.isArrowFunction(parent) && parent.body === expression) return declared(parent.parent, parent);
  if (!compiler.isReturnStatement(parent)) return declared(parent);
  let around: ts.Node = parent;
  while (!compiler.isFunctionLike(around)) around = around.parent;
  if (compiler.isArrowFunction(around) || compiler.isFunctionExpression(around)) return declared(around.parent, around);
  if (compiler.isFunctionDeclaration(around)) return { name: around.name, declaration: around, called: around };
  if (!compiler.isMethodDeclaration(around) || !compiler.isClassDeclaration(around.parent)) return undefined;
  const isStatic = around.modifiers?.some(({ kind }) => kind === compiler.SyntaxKind.StaticKeyword) ?? false;
  if (!isStatic || !compiler.isIdentifier(around.name)) return undefined;
  return { name: around.parent.name, method: around.name.text, declaration: around.parent, called: around };
}

/** What a function returns. */
export function returnedBy(compiler: EditedSource['compiler'], called: ts.FunctionLikeDeclaration): readonly ts.Node[] {
  const { body } = called;
  if (body === undefined) return [];
  if (!compiler.isBlock(body)) return [body];
  const returned: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node) || compiler.isClassLike(node)) return;
    if (compiler.isReturnStatement(node)) returned.push(node.expression ?? node);
    compiler.forEachChild(node, visit);
  };
  visit(body);
  return returned;
}

/** The expressions that stand for what a holder has, in all files; undefined where one is used in another way. */
export function usesOf(source: EditedSource, holder: Holder, files: ApplicationFiles): readonly Use[] | undefined {
  const uses: Use[] = [];
  for (const { source: where, name } of namesOf(source, holder, files)) {
    const { compiler, tree } = where;
    // another file has the name by an import
    const scope = where === source && holder.name !== undefined ? scopeOf(compiler, holder.name) : tree;
    for (const reference of referencesTo(where, name)) {
      if (scopeOf(compiler, reference) !== scope) continue;
      let use: ts.Expression = reference;
      if (holder.method !== undefined) {
        const { parent } = reference;
        // the class is used for other things as well
        if (!compiler.isPropertyAccessExpression(parent) || parent.name.text !== holder.method) continue;
        use = parent;
      }
      if (holder.called !== undefined) {
        if (!compiler.isCallExpression(use.parent) || use.parent.expression !== use) return undefined;
        use = use.parent;
      }
      uses.push({ source: where, expression: use });
    }
  }
  return uses;
}

/** The names by which files have a holder. */
function namesOf(
  source: EditedSource,
  { name, declaration }: Holder,
  files: ApplicationFiles,
): readonly { readonly source: EditedSource; readonly name: string }[] {
  const own = name === undefined ? [] : [{ source, name: name.text }];
  const exported = exportedNames(source, declaration, name?.text);
  if (exported.length === 0) return own;
  const imported = files
    .all()
    .flatMap((other) =>
      other.imports
        .filter(({ from, name: imports }) => leadsTo(files, { file: other, from, name: imports }, source, exported))
        .map(({ as }) => ({ source: other, name: as })),
    );
  return [...own, ...imported];
}

/** By which names other files can import a declaration of the file itself. */
function exportedNames({ compiler, tree }: EditedSource, declaration: ts.Node, name: string | undefined): string[] {
  if (declaration.parent !== tree) return [];
  if (compiler.isExportAssignment(declaration)) return ['default'];
  const modifiers = compiler.canHaveModifiers(declaration) ? (declaration.modifiers ?? []) : [];
  const has = (kind: ts.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
  const names: string[] = [];
  if (has(compiler.SyntaxKind.DefaultKeyword)) names.push('default');
  else if (has(compiler.SyntaxKind.ExportKeyword) && name !== undefined) names.push(name);
  for (const statement of tree.statements) {
    if (compiler.isExportAssignment(statement)) {
      const { expression } = statement;
      if (compiler.isIdentifier(expression) && expression.text === name) names.push('default');
    } else if (compiler.isExportDeclaration(statement) && statement.moduleSpecifier === undefined) {
      const { exportClause } = statement;
      if (exportClause === undefined || !compiler.isNamedExports(exportClause)) continue;
      for (const each of exportClause.elements)
        if ((each.propertyName ?? each.name).text === name) names.push(each.name.text);
    }
  }
  return names;
}

/** Whether an import means one of the names that a file exports, perhaps through files that export it further. */
function leadsTo(
  files: ApplicationFiles,
  { file, from, name }: { readonly file: EditedSource; readonly from: string; readonly name: string },
  wanted: EditedSource,
  exported: readonly string[],
  seen: ReadonlySet<EditedSource> = new Set(),
): boolean {
  const found = files.resolve(file, from);
  if (found === undefined || seen.has(found)) return false;
  if (found === wanted) return exported.includes(name);
  const { compiler, tree } = found;
  return tree.statements.some((statement) => {
    if (!compiler.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return false;
    if (!compiler.isStringLiteral(statement.moduleSpecifier)) return false;
    const { exportClause, moduleSpecifier } = statement;
    const further = (as: string): boolean =>
      leadsTo(
        files,
        { file: found, from: moduleSpecifier.text, name: as },
        wanted,
        exported,
        new Set([...seen, found]),
      );
    if (exportClause === undefined) return name !== 'default' && further(name);
    if (!compiler.isNamedExports(exportClause)) return false;
    return exportClause.elements.some(
      (each) => each.name.text === name && further((each.propertyName ?? each.name).text),
    );
  });
}

/** The identifiers of a name, without those that declare something or are the names of properties. */
function referencesTo({ compiler, tree }: EditedSource, name: string): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    // types refer to it without its value
    if (compiler.isTypeNode(node) && !compiler.isExpressionWithTypeArguments(node)) return;
    if (compiler.isIdentifier(node) && node.text === name && !isName(node)) found.push(node);
    compiler.forEachChild(node, visit);
  };
  const isName = (node: ts.Identifier): boolean => {
    const { parent } = node;
    if (compiler.isShorthandPropertyAssignment(parent)) return false;
    if (compiler.isImportOrExportSpecifier(parent) || compiler.isExportAssignment(parent)) return true;
    return (parent as Partial<ts.NamedDeclaration>).name === node;
  };
  visit(tree);
  return found;
}

/** Around an identifier, the innermost function, block or file that declares its name. */
function scopeOf(compiler: EditedSource['compiler'], { text: name, parent }: ts.Identifier): ts.Node | undefined {
  const isDeclaring = (node: ts.Node): boolean => {
    const declared = (node as Partial<ts.NamedDeclaration>).name;
    if (declared === undefined) return false;
    if (compiler.isIdentifier(declared)) return declared.text === name;
    return compiler.isObjectBindingPattern(declared) || compiler.isArrayBindingPattern(declared)
      ? declared.elements.some(isDeclaring)
      : false;
  };
  const isOf = (statement: ts.Statement): boolean => {
    if (compiler.isVariableStatement(statement)) return statement.declarationList.declarations.some(isDeclaring);
    if (!compiler.isImportDeclaration(statement)) return isDeclaring(statement);
    const { name: imported, namedBindings } = statement.importClause ?? {};
    if (imported?.text === name || namedBindings === undefined) return imported?.text === name;
    return compiler.isNamedImports(namedBindings)
      ? namedBindings.elements.some(isDeclaring)
      : isDeclaring(namedBindings);
  };
  let node: ts.Node | undefined = parent;
  for (; node !== undefined; node = node.parent as ts.Node | undefined) {
    if (compiler.isFunctionLike(node) && node.parameters.some(isDeclaring)) return node;
    if ((compiler.isBlock(node) || compiler.isSourceFile(node)) && node.statements.some(isOf)) return node;
  }
  return undefined;
}
