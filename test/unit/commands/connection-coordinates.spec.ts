import { describe, expect, it } from '@jest/globals';
import { MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { checkCoordinates } from '../../../libs/nest-migrate/src/commands/connection-coordinates.ts';

/** Words that no other part of the URLs here holds. The number could be a port. */
const words = ['hunterTwo', 'zqxSecret', '48613'];
const special = [...'/#?@:%&=+;,[]{}()<>|\\^`\'"!$*~. \t\n', '%41', '%zz', '://', '@@', 'é', '🔑'];

const part = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...special));
const password = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

const url = fc
  .tuple(
    fc.constantFrom('postgres://', 'postgresql+psycopg://', 'pg:/', ''),
    fc.constantFrom('visitor', 'visitor@work', ''),
    fc.tuple(fc.constantFrom('', '//'), password).map((parts) => parts.join('')),
    fc.constantFrom('127.0.0.1:5432', 'localhost', '[::1]:5432', ''),
    fc.constantFrom('/shop', '/shop?sslmode=disable', '/'),
  )
  .map(([scheme, user, secret, host, path]) => `${scheme}${user}:${secret}@${host}${path}`);

function ormOf(clientUrl: string): MikroORM {
  return new MikroORM({
    driver: PostgreSqlDriver,
    clientUrl,
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
}

describe('checkCoordinates()', () => {
  it('lets no part of a password pass for a host, a port, a user or a database', () => {
    fc.assert(
      fc.property(url, (clientUrl) => {
        let orm: MikroORM;
        try {
          orm = ormOf(clientUrl);
          checkCoordinates(orm, 'default');
        } catch {
          return;
        }
        const { host, port, user, dbName } = orm.driver.getConnection().getConnectionOptions() as Record<
          string,
          unknown
        >;
        const named = [host, port, user, dbName, orm.config.get('dbName')].join(' ');
        expect(words.filter((word) => named.includes(word))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});
