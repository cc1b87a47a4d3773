import type ts from 'typescript';
import { type EditedSource } from './edited-source.js';

const OWN_PACKAGE = 'nest-migrate';

/** Lets the configuration of MikroORM's command line leave the tool's own tables alone. Returns whether it was sure. */
export function addMigrationTables(source: EditedSource): boolean {
  const { compiler, tree } = source;
  const exported = tree.statements.find(
    (each): each is ts.ExportAssignment => compiler.isExportAssignment(each) && each.isExportEquals !== true,
  )?.expression;
  const isConfiguration =
    exported !== undefined &&
    (compiler.isObjectLiteralExpression(exported) ||
      compiler.isIdentifier(exported) ||
      (compiler.isCallExpression(exported) && source.textOf(exported.expression) === 'defineConfig'));
  // an array, a function, a promise: it needs a look
  if (!isConfiguration || (compiler.isIdentifier(exported) && !isObject(source, exported.text))) return false;
  if (!source.addImport(OWN_PACKAGE, 'withMigrationTables')) return false;
  source.insert(exported.getStart(tree), 'withMigrationTables(');
  source.insert(exported.end, ')');
  return true;
}

/** Whether a constant of the file is a configuration, and neither a list nor a function. */
function isObject({ compiler, tree }: EditedSource, name: string): boolean {
  for (const statement of tree.statements) {
    if (!compiler.isVariableStatement(statement)) continue;
    for (const { name: declared, initializer } of statement.declarationList.declarations) {
      if (!compiler.isIdentifier(declared) || declared.text !== name || initializer === undefined) continue;
      const value =
        compiler.isSatisfiesExpression(initializer) || compiler.isAsExpression(initializer)
          ? initializer.expression
          : initializer;
      return compiler.isObjectLiteralExpression(value) || compiler.isCallExpression(value);
    }
  }
  return false;
}

/** Where a configuration says that MikroORM's own migrations are: `migrations: { path, pathTs }`. */
export function configuredMigrations({ compiler, tree }: EditedSource): { path?: string; pathTs?: string } | undefined {
  let found: { path?: string; pathTs?: string } | undefined;
  const visit = (node: ts.Node): void => {
    if (compiler.isPropertyAssignment(node) && node.name.getText(tree) === 'migrations') {
      const { initializer: value } = node;
      if (compiler.isObjectLiteralExpression(value)) {
        for (const property of value.properties) {
          const name = property.name?.getText(tree);
          if (name !== 'path' && name !== 'pathTs') continue;
          if (compiler.isPropertyAssignment(property) && compiler.isStringLiteralLike(property.initializer))
            found = { ...found, [name]: property.initializer.text };
        }
      }
    }
    compiler.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
