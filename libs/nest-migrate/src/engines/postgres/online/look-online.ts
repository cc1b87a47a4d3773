import { type Ddl } from '../../ddl/ddl.js';
import { type LookOnline } from '../../online/online.js';
import { writeOnline } from './online-writer.js';
import { readTableFacts } from './table-facts.js';

/** Looks at the tables of the database that operations will be written for. */
export function lookOnline(ddl: Pick<Ddl, 'statements'>, home: string): LookOnline {
  return async (sources, functions) => {
    const facts = await readTableFacts(sources, functions.flat(), home);
    return (operations) => writeOnline(facts, ddl, operations);
  };
}
