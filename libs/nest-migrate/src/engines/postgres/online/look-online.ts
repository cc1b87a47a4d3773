import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { type Ddl } from '../../ddl/ddl.js';
import { type OnlineWriter } from '../../online/online.js';
import { writeOnline } from './online-writer.js';
import { readTableFacts } from './table-facts.js';

/** Looks at the tables of a database that operations will be written for. */
export async function lookOnline(
  connection: AbstractSqlConnection,
  operations: readonly AnyOperation[],
  { home, statements }: Pick<Ddl, 'statements'> & { readonly home: string },
): Promise<OnlineWriter> {
  const facts = await readTableFacts(connection, operations, home);
  return (written) => writeOnline(facts, { statements }, written);
}
