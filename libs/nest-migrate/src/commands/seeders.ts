import { type MikroORM, Utils } from '@mikro-orm/sql';

/** The seeders of an application. */
export interface Seeders {
  /** The name of the class that runs unless another one is named. */
  readonly defaultSeeder: string;
  /** Runs a seeder by the name of its class. */
  run(name: string): Promise<void>;
}

/** The method of `@mikro-orm/seeder` that is used, which is an optional package. */
interface SeedManager {
  seedString(...names: string[]): Promise<void>;
}

/** The seeders of an ORM, by MikroORM's own extension; `undefined` where it is not registered. */
export function seedersOf({ config }: MikroORM): Seeders | undefined {
  const manager = config.getExtension<SeedManager>('@mikro-orm/seeder');
  if (manager === undefined) return undefined;
  return {
    defaultSeeder: config.get('seeder').defaultSeeder ?? 'DatabaseSeeder',
    run: async (name) => {
      // seeders count on it, and the application's own code may not
      const before = config.get('persistOnCreate');
      config.set('persistOnCreate', true);
      try {
        await manager.seedString(name);
      } finally {
        config.set('persistOnCreate', before);
      }
    },
  };
}

/** The version of MikroORM, which all its packages have to have. */
export function ormVersion(): string {
  return Utils.getORMVersion();
}
