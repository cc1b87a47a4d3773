import 'reflect-metadata';
import { type DynamicModule, type ForwardReference, type ModuleMetadata, type Type } from '@nestjs/common';
import { MigrationModule } from '../nest/migration.module.js';

type Import = Type<unknown> | DynamicModule | ForwardReference;

/** What `NestFactory.create()` takes: the application's root module. */
export type ApplicationModule = Type<unknown> | DynamicModule | ModuleMetadata | Promise<Type<unknown> | DynamicModule>;

/** The part of an application that a `db` command starts. */
export interface ApplicationSlice {
  /** The migration modules and the global ones, in the order of import. */
  readonly modules: readonly (Type<unknown> | DynamicModule)[];
  readonly migrationModules: readonly DynamicModule[];
}

/**
 * Finds the migration modules of an application and every global module, which their ORM's options may come from.
 * Nothing else is started: factories that query tables must not run before the tables are there.
 */
export async function applicationSlice(root: ApplicationModule): Promise<ApplicationSlice> {
  expectRejections(root, new Set());
  const seen = new Set<unknown>();
  const modules: (Type<unknown> | DynamicModule)[] = [];
  const migrationModules: DynamicModule[] = [];

  const visit = async (entry: unknown, isRoot: boolean): Promise<void> => {
    const module = forwarded(await entry);
    if (module == null || seen.has(module)) return;
    seen.add(module);
    if (isDynamic(module) && isMigrationModule(module.module)) {
      migrationModules.push(module);
      modules.push(module);
      return; // its own imports come with it
    }
    if (!isRoot && isGlobal(module)) modules.push(module as Type<unknown> | DynamicModule);
    for (const child of importsOf(module)) await visit(child, false);
  };

  await visit(root, true);
  return { modules, migrationModules };
}

/** The name of a root module, for messages. */
export async function nameOf(root: ApplicationModule): Promise<string> {
  const module: unknown = await root;
  const type = isDynamic(module) ? module.module : module;
  return typeof type === 'function' ? type.name : 'The application';
}

/**
 * Marks the promises among the imports as handled. They are made when the application's files are loaded and awaited
 * later; Node.js would end the process at the first that fails in between, before it can be told properly.
 */
function expectRejections(entry: unknown, seen: Set<unknown>): void {
  if (entry instanceof Promise) {
    void entry.catch(() => undefined);
    return;
  }
  const module = forwarded(entry);
  if (module == null || seen.has(module)) return;
  seen.add(module);
  for (const child of importsOf(module)) expectRejections(child, seen);
}

/** What a module imports, as it stands there: promises and forward references included. */
export function importsOf(module: unknown): readonly unknown[] {
  if (typeof module === 'function') return declaredImports(module);
  if (typeof module !== 'object' || module === null) return [];
  const { imports = [] } = module as ModuleMetadata;
  return isDynamic(module) ? [...declaredImports(module.module), ...imports] : imports;
}

function declaredImports(type: object): readonly Import[] {
  return (Reflect.getMetadata('imports', type) as Import[] | undefined) ?? [];
}

/** What a forward reference stands for; anything else as it is. */
export function forwarded(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('forwardRef' in entry)) return entry;
  return (entry as ForwardReference<() => unknown>).forwardRef();
}

/** Whether it is a definition, and not a class. */
export function isDynamic(module: unknown): module is DynamicModule {
  return typeof module === 'object' && module !== null && 'module' in module;
}

function isMigrationModule(type: Type<unknown>): boolean {
  return type === MigrationModule || type.prototype instanceof MigrationModule;
}

/** As Nest decides it: by the definition, or by `@Global()` on the class. */
function isGlobal(module: unknown): boolean {
  if (isDynamic(module)) return module.global === true || isGlobal(module.module);
  return typeof module === 'function' && Reflect.getMetadata('__module:global__', module) === true;
}
