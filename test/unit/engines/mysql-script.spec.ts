import { describe, expect, it } from '@jest/globals';
import { mariadbTraits, mysqlScript, mysqlTraits } from '../../../libs/nest-migrate/src/engines/mysql/script.js';

describe.each([mysqlTraits, mariadbTraits])('a script for $client', (traits) => {
  const script = mysqlScript(
    { name: 'v', table: '`v`', isQualified: true },
    { lock: { name: "'l'", seconds: 1 }, collation: 'utf8mb4_bin', traits },
  );

  it('refuses a name of which the client would leave out a carriage return', () => {
    expect(() => script.statement('create table `a\r\nb` (id int)')).toThrow(
      /holds a name with a carriage return and a line feed, of which the client leaves out one/,
    );
    expect(script.statement('create table `a\nb` (id int)')).toBe('create table `a\nb` (id int);');
  });
});
