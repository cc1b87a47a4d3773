import { MikroORM } from '@mikro-orm/core';
import { getMikroORMToken } from '@mikro-orm/nestjs';
import { type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { forwarded, importsOf, isDynamic } from './application-slice.js';

type ModuleDefinition = Type<unknown> | DynamicModule;

/** A module together with what it imports: the tokens that it gives, and those that it takes from elsewhere. */
interface Needs {
  readonly module: ModuleDefinition;
  readonly gives: ReadonlySet<unknown>;
  readonly takes: ReadonlySet<unknown>;
}

/**
 * Leaves out the global modules whose providers use the database, unless the others need them: a factory of theirs may
 * read a table that this very command is about to create. Goes by the dependencies that providers declare.
 *
 * @param modules The global modules and the migration modules of an application.
 * @param migrationModules Those of them that are started in any case.
 */
export async function withoutDatabaseUsers(
  modules: readonly ModuleDefinition[],
  migrationModules: readonly ModuleDefinition[],
): Promise<readonly ModuleDefinition[]> {
  const isDatabase = (module: unknown): boolean =>
    migrationModules.some((migration) => migration === module) || ownProviders(module).some(isOrm);
  const all = await Promise.all(modules.map((module) => needsOf(module, isDatabase)));
  const database = all.filter(({ module }) => isDatabase(module));
  const rest = all.filter((each) => !database.includes(each));

  const databaseTokens = new Set<unknown>();
  for (const { module } of database) for (const token of await databaseTokensOf(module)) databaseTokens.add(token);
  const users = reached(
    rest,
    databaseTokens,
    ({ takes }) => takes,
    ({ gives }) => gives,
  );
  const started = all.filter((each) => !users.has(each));
  const wantedTokens = new Set(started.flatMap(({ takes }) => [...takes]));
  const wanted = reached(
    [...users],
    wantedTokens,
    ({ gives }) => gives,
    ({ takes }) => takes,
  );
  return all.filter((each) => !users.has(each) || wanted.has(each)).map(({ module }) => module);
}

/** Those whose `own` tokens meet the given ones, or those that `add` brings in with each that was found. */
function reached(
  among: readonly Needs[],
  tokens: Set<unknown>,
  own: (needs: Needs) => ReadonlySet<unknown>,
  add: (needs: Needs) => ReadonlySet<unknown>,
): ReadonlySet<Needs> {
  const found = new Set<Needs>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const each of among) {
      if (found.has(each) || ![...own(each)].some((token) => tokens.has(token))) continue;
      found.add(each);
      for (const token of add(each)) tokens.add(token);
    }
  }
  return found;
}

/** @param isDatabase Where to stop: what a module of the database gives is not the importing module's own. */
async function needsOf(module: ModuleDefinition, isDatabase: (module: unknown) => boolean): Promise<Needs> {
  const gives = new Set<unknown>();
  const takes = new Set<unknown>();
  for (const each of await withImports(module, (imported) => imported !== module && isDatabase(imported))) {
    for (const provider of ownProviders(each)) gives.add(tokenOf(provider));
    for (const token of dependenciesOf(each)) takes.add(token);
  }
  for (const token of gives) takes.delete(token);
  return { module, gives, takes };
}

/** The ORM, what is made from it, and the service. */
async function databaseTokensOf(module: ModuleDefinition): Promise<readonly unknown[]> {
  const parts = await withImports(module, () => false);
  const orms = parts.filter((part) => ownProviders(part).some(isOrm));
  return [...orms.flatMap(ownProviders).map(tokenOf), ...exportsOf(module)];
}

async function withImports(module: unknown, leaveOut: (module: unknown) => boolean): Promise<readonly unknown[]> {
  const seen = new Set<unknown>();
  const visit = async (entry: unknown): Promise<void> => {
    const found = forwarded(await entry);
    if (found == null || seen.has(found) || leaveOut(found)) return;
    seen.add(found);
    for (const child of importsOf(found)) await visit(child);
  };
  await visit(module);
  return [...seen];
}

function ownProviders(module: unknown): readonly Provider[] {
  return isDynamic(module)
    ? [...declared<Provider>('providers', module.module), ...(module.providers ?? [])]
    : declared<Provider>('providers', module);
}

function exportsOf(module: unknown): readonly unknown[] {
  return isDynamic(module) ? (module.exports ?? []) : [];
}

function tokenOf(provider: Provider): unknown {
  return typeof provider === 'function' ? provider : provider.provide;
}

function isOrm(provider: Provider): boolean {
  const token = tokenOf(provider);
  return token === MikroORM || (typeof token === 'string' && token.endsWith(getMikroORMToken('')));
}

/** What the providers, the controllers and the class of a module inject. */
function dependenciesOf(module: unknown): readonly unknown[] {
  const type = isDynamic(module) ? module.module : module;
  const controllers = [...declared('controllers', type), ...(isDynamic(module) ? (module.controllers ?? []) : [])];
  return [...ownProviders(module).flatMap(injected), ...[type, ...controllers].flatMap(injectedByClass)].map(plain);
}

function injected(provider: Provider): readonly unknown[] {
  if (typeof provider === 'function') return injectedByClass(provider);
  if ('useClass' in provider) return injectedByClass(provider.useClass);
  if ('useExisting' in provider) return [provider.useExisting];
  return 'useFactory' in provider ? (provider.inject ?? []) : [];
}

/** As Nest keeps it: the types of the parameters, and the tokens of parameters and properties with `@Inject()`. */
function injectedByClass(type: unknown): readonly unknown[] {
  const parameters = declared<{ param: unknown }>('self:paramtypes', type).map(({ param }) => param);
  const properties = declared<{ type: unknown }>('self:properties_metadata', type).map((property) => property.type);
  return [...declared('design:paramtypes', type), ...parameters, ...properties];
}

function plain(dependency: unknown): unknown {
  if (typeof dependency !== 'object' || dependency === null) return dependency;
  return forwarded('token' in dependency ? dependency.token : dependency);
}

function declared<T>(what: string, type: unknown): readonly T[] {
  return typeof type === 'function' ? ((Reflect.getMetadata(what, type) as readonly T[] | undefined) ?? []) : [];
}
