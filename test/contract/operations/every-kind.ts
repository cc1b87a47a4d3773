/** One operation of each kind at least, as the verbs make them: the table that the contract is checked over. */
import { type Operation, type OperationOf } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const {
  addColumn,
  alterColumn,
  dropColumn,
  renameColumn,
  createCheckConstraint,
  createForeignKey,
  createPrimaryKey,
  createUniqueConstraint,
  dropConstraint,
  validateConstraint,
  bulkInsert,
  execute,
  createIndex,
  dropIndex,
  renameIndex,
  createRoutine,
  dropRoutine,
  alterEnum,
  createEnum,
  createSchema,
  dropEnum,
  dropSchema,
  dropDependents,
  keepAttributes,
  restoreAttributes,
  restoreDependents,
  createTable,
  createTableComment,
  dropTable,
  renameTable,
  createPartition,
  attachPartition,
  detachPartition,
  dropPartition,
  alterRowLevelSecurity,
  createPolicy,
  dropPolicy,
  syncColumns,
  unsyncColumns,
  createTrigger,
  dropTrigger,
  createMaterializedView,
  createView,
  dropMaterializedView,
  dropView,
  refreshMaterializedView,
  alterSequence,
  createSequence,
  dropSequence,
  renameSequence,
} = builders;

const user = createTable('user', {
  columns: {
    id: { type: 'integer', primary: true, autoincrement: true },
    email: { type: 'string', length: 100, comment: "it's" },
    mood: { type: 'enum', items: ['a', 'b'], default: 'a' },
    born: { type: 'date', default: new Date(0), nullable: true },
  },
  indexes: [{ name: 'user_email', columns: ['email'] }],
  uniques: [{ name: 'user_unique', columns: ['email', 'born'] }],
  checks: [{ name: 'user_check', expression: 'id > 0' }],
  foreignKeys: [{ name: 'user_fk', columns: 'id', referencedTable: 'person', referencedColumns: 'id' }],
  comment: 'people',
});

export interface Example<O extends Operation> {
  readonly operation: O;
  /** What `reverse` says: the kinds it answers with, or what is missing. */
  readonly reverse: readonly Operation['kind'][] | { readonly missing: string | null };
  /** Engines that have no such thing. */
  readonly unsupported?: readonly ('postgres' | 'mysql' | 'mariadb')[];
}

const noEnums = ['mysql', 'mariadb'] as const;
const postgresOnly = ['mysql', 'mariadb'] as const;

export const everyKind: { readonly [K in Operation['kind']]: readonly Example<OperationOf<K>>[] } = {
  createTable: [{ operation: user, reverse: ['dropTable'] }],
  dropTable: [
    { operation: dropTable('user'), reverse: { missing: 'previous' } },
    { operation: { ...dropTable('user', { ifExists: true }), previous: user }, reverse: ['createTable'] },
  ],
  renameTable: [
    { operation: renameTable('user', 'account'), reverse: ['renameTable'] },
    { operation: renameTable('user', 'user', { toSchema: 'archive' }), reverse: ['renameTable'] },
    { operation: renameTable('user', 'account', { schema: 'archive', toSchema: null }), reverse: ['renameTable'] },
  ],
  alterTableComment: [
    { operation: createTableComment('user', 'x'), reverse: { missing: 'previous' } },
    { operation: { ...createTableComment('user', 'x'), previous: null }, reverse: ['alterTableComment'] },
  ],
  addColumn: [
    { operation: addColumn('user', 'age', { type: 'integer', comment: 'x' }), reverse: ['dropColumn'] },
    { operation: addColumn('user', 'mood', { type: 'enum', items: ['a'] }), reverse: ['dropColumn'] },
    { operation: addColumn('user', 'age', { type: 'integer', after: 'id' }), reverse: ['dropColumn'] },
  ],
  dropColumn: [
    { operation: dropColumn('user', 'age'), reverse: { missing: 'previous' } },
    { operation: { ...dropColumn('user', 'age'), previous: { name: 'age', type: 'integer' } }, reverse: ['addColumn'] },
    {
      operation: {
        ...dropColumn('user', 'age', { ifExists: true }),
        previous: { name: 'age', type: 'integer' },
        previousPlace: { first: true },
      },
      reverse: ['addColumn'],
      unsupported: ['mysql'],
    },
  ],
  alterColumn: [
    { operation: alterColumn('user', 'age', { default: 1 }), reverse: { missing: 'existing' } },
    {
      operation: alterColumn('user', 'age', { type: 'text' }, { existing: { nullable: true, type: 'integer' } }),
      reverse: ['alterColumn'],
    },
    { operation: alterColumn('user', 'age', { type: 'text' }, { existing: { type: 'text' } }), reverse: [] },
  ],
  renameColumn: [{ operation: renameColumn('user', 'age', 'years'), reverse: ['renameColumn'] }],
  createIndex: [
    { operation: createIndex('user', ['age']), reverse: { missing: 'name' } },
    { operation: createIndex('user', ['age'], { name: 'i', concurrently: true }), reverse: ['dropIndex'] },
  ],
  dropIndex: [
    { operation: dropIndex('user', 'i'), reverse: { missing: 'previous' } },
    { operation: { ...dropIndex('user', 'i'), previous: { columns: [{ name: 'age' }] } }, reverse: ['createIndex'] },
  ],
  renameIndex: [{ operation: renameIndex('user', 'i', 'j'), reverse: ['renameIndex'] }],
  createPrimaryKey: [
    { operation: createPrimaryKey('user', 'id'), reverse: { missing: 'name' } },
    { operation: createPrimaryKey('user', 'id', { name: 'pk' }), reverse: ['dropConstraint'] },
  ],
  createForeignKey: [
    { operation: createForeignKey('user', 'a', 'person', 'id'), reverse: { missing: 'name' } },
    { operation: createForeignKey('user', 'a', 'person', 'id', { name: 'fk' }), reverse: ['dropConstraint'] },
    {
      operation: createForeignKey('user', 'a', 'person', 'id', { name: 'fk', notValid: true, deferMode: 'deferred' }),
      reverse: ['dropConstraint'],
      unsupported: ['mysql', 'mariadb'],
    },
  ],
  createUniqueConstraint: [
    { operation: createUniqueConstraint('user', 'a', { name: 'u' }), reverse: ['dropConstraint'] },
    {
      operation: createUniqueConstraint('user', 'a', { name: 'u', deferMode: 'deferred' }),
      reverse: ['dropConstraint'],
      unsupported: ['mysql', 'mariadb'],
    },
  ],
  createCheckConstraint: [
    { operation: createCheckConstraint('user', 'a > 0', { name: 'c' }), reverse: ['dropConstraint'] },
    {
      operation: createCheckConstraint('user', 'a > 0', { name: 'c', notValid: true }),
      reverse: ['dropConstraint'],
      unsupported: ['mysql', 'mariadb'],
    },
  ],
  dropConstraint: [
    { operation: dropConstraint('user', 'c', { type: 'check' }), reverse: { missing: 'previous' } },
    {
      operation: {
        ...dropConstraint('user', 'pk', { type: 'primaryKey' }),
        previous: { type: 'primaryKey', primaryKey: { columns: ['id'] } },
      },
      reverse: ['createPrimaryKey'],
    },
    {
      operation: {
        ...dropConstraint('user', 'fk', { type: 'foreignKey' }),
        previous: {
          type: 'foreignKey',
          foreignKey: { columns: ['a'], referencedTable: 'person', referencedColumns: ['id'] },
        },
      },
      reverse: ['createForeignKey'],
    },
    {
      operation: {
        ...dropConstraint('user', 'u', { type: 'unique' }),
        previous: { type: 'unique', unique: { columns: ['a'] } },
      },
      reverse: ['createUniqueConstraint'],
    },
    {
      operation: {
        ...dropConstraint('user', 'c', { type: 'check' }),
        previous: { type: 'check', check: { expression: 'a > 0' } },
      },
      reverse: ['createCheckConstraint'],
    },
  ],
  createSchema: [{ operation: createSchema('s'), reverse: ['dropSchema'] }],
  dropSchema: [{ operation: dropSchema('s'), reverse: ['createSchema'], unsupported: ['mysql', 'mariadb'] }],
  dropDependents: [
    {
      operation: dropDependents({
        columns: [
          { table: 'book', column: 'title' },
          { table: 'book', schema: 's', column: 'pages', rebuilt: true },
        ],
        types: [{ name: 'mood' }],
        except: ['book_pages_index'],
      }),
      reverse: ['restoreDependents'],
      unsupported: noEnums,
    },
  ],
  restoreDependents: [{ operation: restoreDependents(), reverse: ['dropDependents'], unsupported: noEnums }],
  keepAttributes: [
    {
      operation: keepAttributes({ tables: [{ name: 'book', schema: 's' }], routines: [{ name: 'pages_of' }] }),
      reverse: ['restoreAttributes'],
      unsupported: noEnums,
    },
  ],
  restoreAttributes: [{ operation: restoreAttributes(), reverse: ['keepAttributes'], unsupported: noEnums }],
  createEnum: [{ operation: createEnum('mood', ['a']), reverse: ['dropEnum'], unsupported: noEnums }],
  dropEnum: [
    { operation: dropEnum('mood'), reverse: { missing: 'previous' }, unsupported: noEnums },
    { operation: { ...dropEnum('mood'), previous: ['a'] }, reverse: ['createEnum'], unsupported: noEnums },
  ],
  alterEnum: [
    { operation: alterEnum('mood', ['a', 'b'], { existing: ['a'] }), reverse: ['alterEnum'], unsupported: noEnums },
    { operation: alterEnum('mood', ['b'], { existing: ['a', 'b'] }), reverse: ['alterEnum'], unsupported: noEnums },
    {
      operation: alterEnum('mood', ['c', 'b', 'd'], {
        existing: ['a', 'b'],
        renames: [
          { from: 'b', to: 'x' },
          { from: 'a', to: 'b' },
          { from: 'x', to: 'c' },
        ],
      }),
      reverse: ['alterEnum'],
      unsupported: noEnums,
    },
  ],
  createSequence: [
    {
      operation: createSequence('s', { start: 10, increment: -2n, minValue: -5, maxValue: 100, cycle: true, cache: 5 }),
      reverse: ['dropSequence'],
      unsupported: ['mysql'],
    },
    {
      operation: createSequence('s', { type: 'integer', ownedBy: { table: 'user', column: 'id' }, ifNotExists: true }),
      reverse: ['dropSequence'],
      unsupported: ['mysql', 'mariadb'],
    },
  ],
  alterSequence: [
    {
      operation: alterSequence('s', { increment: 5 }),
      reverse: { missing: 'existing' },
      unsupported: ['mysql'],
    },
    {
      operation: alterSequence(
        's',
        { start: null, maxValue: null, cycle: null, cache: 7 },
        { existing: { start: 10, maxValue: 100, cycle: true } },
      ),
      reverse: ['alterSequence'],
      unsupported: ['mysql'],
    },
  ],
  dropSequence: [
    { operation: dropSequence('s', { ifExists: true }), reverse: { missing: 'previous' }, unsupported: ['mysql'] },
    {
      operation: { ...dropSequence('s'), previous: { increment: 2 } },
      reverse: ['createSequence'],
      unsupported: ['mysql'],
    },
  ],
  renameSequence: [{ operation: renameSequence('s', 't'), reverse: ['renameSequence'], unsupported: ['mysql'] }],
  createView: [
    { operation: createView('v', 'select 1 as a'), reverse: ['dropView'] },
    { operation: createView('v', 'select 1 as a', { orReplace: true }), reverse: { missing: 'previous' } },
    {
      operation: {
        ...createView('v', 'select 1 as a', { orReplace: true }),
        previous: { definition: 'select 2 as a' },
      },
      reverse: ['createView'],
    },
  ],
  dropView: [
    { operation: dropView('v'), reverse: { missing: 'previous' } },
    { operation: { ...dropView('v'), previous: { definition: 'select 1 as a' } }, reverse: ['createView'] },
  ],
  createMaterializedView: [
    {
      operation: createMaterializedView('m', 'select 1 as a', { withData: false }),
      reverse: ['dropMaterializedView'],
      unsupported: postgresOnly,
    },
  ],
  dropMaterializedView: [
    { operation: dropMaterializedView('m'), reverse: { missing: 'previous' }, unsupported: postgresOnly },
    {
      operation: { ...dropMaterializedView('m'), previous: { definition: 'select 1 as a' } },
      reverse: ['createMaterializedView'],
      unsupported: postgresOnly,
    },
  ],
  refreshMaterializedView: [
    { operation: refreshMaterializedView('m', { concurrently: true }), reverse: [], unsupported: postgresOnly },
  ],
  createTrigger: [
    {
      operation: createTrigger('user', 't', { timing: 'after', events: ['insert', 'update'], body: 'select 1' }),
      reverse: ['dropTrigger'],
    },
    {
      operation: createTrigger('user', 't', {
        timing: 'before',
        events: 'insert',
        expression: 'create trigger t before insert on user for each row begin select 1; end',
      }),
      reverse: ['dropTrigger'],
    },
    {
      operation: createTrigger('user', 't', {
        timing: 'after',
        events: 'truncate',
        forEach: 'statement',
        body: 'select 1',
      }),
      reverse: ['dropTrigger'],
      unsupported: postgresOnly,
    },
  ],
  dropTrigger: [
    { operation: dropTrigger('user', 't'), reverse: { missing: 'previous' } },
    {
      operation: {
        ...dropTrigger('user', 't', { events: ['insert', 'update'] }),
        previous: { timing: 'after', events: ['insert', 'update'], body: 'select 1' },
      },
      reverse: ['createTrigger'],
    },
  ],
  createPartition: [
    {
      operation: createPartition('event', 'event_1', 'for values in (1)', { partitionSchema: 'parts' }),
      reverse: ['dropPartition'],
      unsupported: postgresOnly,
    },
  ],
  dropPartition: [
    { operation: dropPartition('event', 'event_1'), reverse: { missing: 'previous' }, unsupported: postgresOnly },
    {
      operation: { ...dropPartition('event', 'event_1'), previous: 'default' },
      reverse: ['createPartition'],
      unsupported: postgresOnly,
    },
  ],
  attachPartition: [
    {
      operation: attachPartition('event', 'event_1', 'for values in (1)', { partitionSchema: 'parts' }),
      reverse: ['detachPartition'],
      unsupported: postgresOnly,
    },
  ],
  detachPartition: [
    {
      operation: detachPartition('event', 'event_1', { concurrently: true }),
      reverse: { missing: 'previous' },
      unsupported: postgresOnly,
    },
    {
      operation: { ...detachPartition('event', 'event_1'), previous: 'default' },
      reverse: ['attachPartition'],
      unsupported: postgresOnly,
    },
  ],
  alterRowLevelSecurity: [
    {
      operation: alterRowLevelSecurity('user', true),
      reverse: { missing: 'existing' },
      unsupported: postgresOnly,
    },
    {
      operation: alterRowLevelSecurity('user', 'force', { existing: false }),
      reverse: ['alterRowLevelSecurity'],
      unsupported: postgresOnly,
    },
    {
      operation: alterRowLevelSecurity('user', true, { existing: 'force' }),
      reverse: ['alterRowLevelSecurity'],
      unsupported: postgresOnly,
    },
  ],
  createPolicy: [
    {
      operation: createPolicy('user', 'p', {
        command: 'update',
        type: 'restrictive',
        roles: ['public'],
        using: 'true',
        check: 'false',
      }),
      reverse: ['dropPolicy'],
      unsupported: postgresOnly,
    },
  ],
  dropPolicy: [
    { operation: dropPolicy('user', 'p'), reverse: { missing: 'previous' }, unsupported: postgresOnly },
    {
      operation: { ...dropPolicy('user', 'p'), previous: { using: 'true' } },
      reverse: ['createPolicy'],
      unsupported: postgresOnly,
    },
  ],
  syncColumns: [
    { operation: syncColumns('user', 'email', 'address'), reverse: ['unsyncColumns'], unsupported: postgresOnly },
    {
      operation: syncColumns('user', 'born', 'birthday', { forward: 'born::text', back: 'birthday::date' }),
      reverse: ['unsyncColumns'],
      unsupported: postgresOnly,
    },
    {
      operation: syncColumns('user', 'born', 'birthday', { back: false }),
      reverse: ['unsyncColumns'],
      unsupported: postgresOnly,
    },
  ],
  unsyncColumns: [
    {
      operation: unsyncColumns('user', 'email', 'address'),
      reverse: { missing: 'previous' },
      unsupported: postgresOnly,
    },
    {
      operation: { ...unsyncColumns('user', 'email', 'address'), previous: { back: false } },
      reverse: ['syncColumns'],
      unsupported: postgresOnly,
    },
  ],
  createRoutine: [
    {
      operation: createRoutine('f', {
        type: 'function',
        params: [{ name: 'a', type: 'int' }],
        returns: 'int',
        deterministic: true,
        comment: "it's",
        body: 'select a',
      }),
      reverse: ['dropRoutine'],
    },
    {
      operation: createRoutine('p', {
        type: 'procedure',
        params: [{ name: 'a', type: 'int', direction: 'inout' }],
        security: 'invoker',
        body: 'select 1',
      }),
      reverse: ['dropRoutine'],
    },
    {
      operation: {
        ...createRoutine('f', { type: 'function', returns: 'int', body: 'select 1', orReplace: true }),
        previous: { type: 'function', params: [], returns: 'int', body: 'select 2' },
      },
      reverse: ['createRoutine'],
      unsupported: ['mysql'],
    },
  ],
  dropRoutine: [
    { operation: dropRoutine('f', { type: 'function' }), reverse: { missing: 'previous' } },
    {
      operation: {
        ...dropRoutine('f', { type: 'function', parameterTypes: ['int'] }),
        previous: { type: 'function', params: [{ name: 'a', type: 'int' }], returns: 'int', body: 'select a' },
      },
      reverse: ['createRoutine'],
    },
  ],
  validateConstraint: [{ operation: validateConstraint('user', 'c'), reverse: [], unsupported: postgresOnly }],
  execute: [
    { operation: execute('select ?', [1n], { repeatable: true }), reverse: { missing: null } },
    {
      operation: execute('select 1', [], { postcondition: { table: 't', exists: true } }),
      reverse: { missing: null },
    },
  ],
  bulkInsert: [{ operation: bulkInsert('user', [{ id: 1 }, { id: null }]), reverse: { missing: null } }],
};
