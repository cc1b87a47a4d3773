/** The two tools that take entities: this library, and MikroORM's own schema generator. */
import { type Entities, type LiveDatabase } from '../../test/integration/autogenerate/live-database.js';
import { type Tool } from './round-trip.ts';

export function ours(database: LiveDatabase): Tool<Entities> {
  return {
    async migrate(to) {
      const { upgrade, downgrade } = await database.compare(to);
      if (upgrade.length === 0) return 'nothing';
      await database.apply(upgrade);
      return { downgrade: () => database.apply(downgrade), again: () => database.apply(upgrade) };
    },
    remaining: (to) => database.difference(to),
  };
}

/** `getUpdateSchemaMigrationSQL`, as `migration:create` calls it, each direction executed as it came. */
export function mikroOrm(database: LiveDatabase): Tool<Entities> {
  return {
    async migrate(to) {
      const { up, down } = await database.mikroOrmMigration(to);
      if (up.length === 0) return 'nothing';
      await database.executeAsMikroOrm(up);
      return { downgrade: () => database.executeAsMikroOrm(down), again: () => database.executeAsMikroOrm(up) };
    },
    remaining: async (to) => (await database.mikroOrmMigration(to)).up.join(' '),
  };
}
