import { type OtherServer } from '../other-servers.js';

/**
 * Other products that speak MySQL's protocol, recognised by `version()` and `@@version_comment` as each product
 * documents them.
 */
export const otherThanMySql: readonly OtherServer[] = [
  { name: 'TiDB', says: /TiDB/i, why: 'one statement changes a column once, and foreign keys came late' },
  {
    name: 'Vitess',
    says: /Vitess|PlanetScale/i,
    why: 'named locks end after a while by themselves, and changes of the schema go by other ways',
  },
  { name: 'OceanBase', says: /OceanBase/i, why: 'its catalogue is not that of MySQL' },
  { name: 'SingleStore', says: /SingleStore|MemSQL/i, why: 'there are neither foreign keys nor triggers' },
  { name: 'Dolt', says: /Dolt/i, why: 'its catalogue is not that of MySQL' },
  { name: 'StarRocks', says: /StarRocks/i, why: 'there are no transactions' },
  { name: 'Apache Doris', says: /Doris/i, why: 'there are no transactions' },
];
