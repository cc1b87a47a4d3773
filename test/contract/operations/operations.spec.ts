import { describe, expect, it } from '@jest/globals';
import { MikroORM as MariaDb } from '@mikro-orm/mariadb';
import { MikroORM as MySql } from '@mikro-orm/mysql';
import { MikroORM as Postgres } from '@mikro-orm/postgresql';
import { type MikroORM } from '@mikro-orm/sql';
import { MikroORM as Sqlite } from '@mikro-orm/sqlite';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Statement } from '../../../libs/nest-migrate/src/engines/ddl/statement.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { everyKind, type Example } from './every-kind.js';

const offline = {
  dbName: 'nest_migrate_absent',
  connect: false,
  entities: [],
  discovery: { warnWhenNoEntities: false },
};
const adapterOf = (orm: MikroORM) => engineFor(orm).ddl;
const adapters = {
  postgres: adapterOf(new Postgres(offline)),
  mysql: adapterOf(new MySql(offline)),
  mariadb: adapterOf(new MariaDb(offline)),
};

const examples = Object.entries(everyKind).flatMap(([kind, list]) =>
  (list as readonly Example<Operation>[]).map((example, index) => [`${kind} ${index + 1}`, example] as const),
);

describe.each(examples)('%s', (_, { operation, reverse: wanted, unsupported = [] }) => {
  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(operation))).toStrictEqual(operation);
  });

  it('says how it is reversed, or what is missing', () => {
    if ('missing' in wanted) {
      const thrown = { code: 'IRREVERSIBLE_OPERATION', operation: operation.kind, missing: wanted.missing };
      expect(() => reverse(operation)).toThrow(expect.objectContaining(thrown));
      return;
    }
    const reversed = reverse(operation);
    expect(reversed.map(({ kind }) => kind)).toEqual(wanted);
    for (const back of reversed) {
      expect(JSON.parse(JSON.stringify(back))).toStrictEqual(back);
      expect(isDeeplyFrozen(back)).toBe(true);
      // and back again: the reverse holds what it needs
      const [again] = reverse(back);
      if (operation.kind !== 'alterColumn') expect(again).toMatchObject(withoutExtras(operation));
    }
  });

  it.each(Object.entries(adapters))(
    'has statements on %s that stand alone and can be recognised',
    (engine, adapter) => {
      if (unsupported.some((name) => name === engine)) {
        const thrown = { code: 'UNSUPPORTED_OPERATION', operation: operation.kind, dialect: engine };
        expect(() => adapter.statements(operation)).toThrow(expect.objectContaining(thrown));
        return;
      }
      if (operation.kind === 'alterColumn' && operation.existing === undefined && engine !== 'postgres') {
        // a default has a clause of its own
        expect(adapter.statements(operation)).toHaveLength(1);
        return;
      }
      const statements = adapter.statements(operation);
      if (wanted instanceof Array && wanted.length > 0) expect(statements.length).toBeGreaterThan(0);
      statements.forEach((statement, ordinal) => {
        expect(statement.ordinal).toBe(ordinal);
        expect(statement.sql).not.toMatch(/;\s*$/);
        expect(statement.sql).toBe(statement.sql.trim());
        expect(statement.sql).not.toMatch(/\bcascade\b/i);
        expect(statement.effect).toBe(effectOf(operation));
        expect(isRecognisable(statement)).toBe(operation.kind !== 'bulkInsert');
      });
    },
  );
});

/** What SQLite has no word for, and what it makes a new table for, which a table of statements alone does not know. */
const absentOnSqlite =
  /Schema$|(?:Dependents|Attributes)$|Enum$|Sequence$|MaterializedView$|Routine$|Partition$|Policy$|Security$|yncColumns$|^validateConstraint$/;
const rebuiltOnSqlite = new Set<Operation['kind']>([
  'alterColumn',
  'renameIndex',
  'createPrimaryKey',
  'createForeignKey',
  'createCheckConstraint',
  'dropConstraint',
]);

it.each(examples)('%s: on sqlite has statements that can be recognised, or says what it lacks', (_, { operation }) => {
  const sqlite = adapterOf(new Sqlite({ ...offline, dbName: ':memory:' }));
  const statementsOf = (): readonly Statement[] => sqlite.statements(operation);
  const { kind } = operation;
  const isMove = operation.kind === 'renameTable' && operation.toSchema !== undefined;
  if (absentOnSqlite.test(kind) || isMove) {
    expect(statementsOf).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_OPERATION', dialect: 'sqlite' }));
  } else if (rebuiltOnSqlite.has(kind) && !(operation.kind === 'dropConstraint' && operation.type === 'unique')) {
    expect(statementsOf).toThrow(expect.objectContaining({ code: 'INVALID_OPERATION', operation: kind }));
  } else {
    let statements: readonly Statement[] = [];
    try {
      statements = statementsOf();
    } catch (error) {
      // parts that it does not have, such as a unique constraint that waits for the end of the transaction
      expect(['UNSUPPORTED_OPERATION', 'INVALID_OPERATION']).toContain((error as { code?: string }).code);
      expect(['createUniqueConstraint', 'createTrigger', 'addColumn', 'dropColumn']).toContain(kind);
    }
    for (const statement of statements) {
      expect(statement.sql).not.toMatch(/;\s*$|\bcascade\b/i);
      expect(statement.effect).toBe(effectOf(operation));
      expect(isRecognisable(statement)).toBe(kind !== 'bulkInsert');
    }
  }
});

it('an operation that the verbs make is frozen to its leaves', () => {
  for (const [, { operation }] of examples) {
    if (!('previous' in operation)) expect(isDeeplyFrozen(operation)).toBe(true);
  }
});

function effectOf({ kind }: Operation): Statement['effect'] {
  if (kind === 'execute') return 'unknown';
  return kind === 'bulkInsert' ? 'data' : 'schema';
}

/** Whether a run that died can tell if the statement took effect, or need not know. */
function isRecognisable({ postcondition, repeatable }: Statement): boolean {
  return postcondition !== undefined || repeatable === true;
}

/** What does not come back: a table's `ifExists`, a constraint's `notValid`, what `dropX` remembers. */
function withoutExtras(operation: Operation): Record<string, unknown> {
  const dropped = ['ifExists', 'ifNotExists', 'notValid', 'previous', 'name'];
  return Object.fromEntries(Object.entries(operation).filter(([key]) => !dropped.includes(key)));
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}
