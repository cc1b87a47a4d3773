import { type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementTable } from '../../ddl/statement-table.js';

/** Row-level security, which only PostgreSQL has. */
export function policyStatements(
  ddl: SchemaHelperDdl,
): Pick<StatementTable, 'alterRowLevelSecurity' | 'createPolicy' | 'dropPolicy'> {
  const table = (at: TableRef): string => `to_regclass(${literal(ddl.platform, ddl.qualified(at))})`;
  const exists = (at: TableRef, name: string, present: boolean): Postcondition => ({
    query:
      `select count(*) = ${present ? 1 : 0} as present from pg_catalog.pg_policy ` +
      `where polrelid = ${table(at)} and polname = ${literal(ddl.platform, name)}`,
  });
  const flag = (at: TableRef, words: string, column: string, value: boolean) =>
    change(`alter table ${ddl.qualified(at)} ${words} row level security`, {
      query: `select ${column} = ${value} as present from pg_catalog.pg_class where oid = ${table(at)}`,
    });
  return {
    alterRowLevelSecurity: ({ schema, table: name, level, existing }) => {
      const at = { schema, table: name };
      const [isOn, wasOn] = [level, existing].map((one) => one === true || one === 'force');
      const isForced = level === 'force';
      return [
        ...(existing === undefined || isOn !== wasOn
          ? [flag(at, isOn === true ? 'enable' : 'disable', 'relrowsecurity', isOn === true)]
          : []),
        ...(existing === undefined || isForced !== (existing === 'force')
          ? [flag(at, isForced ? 'force' : 'no force', 'relforcerowsecurity', isForced)]
          : []),
      ];
    },
    createPolicy: ({ schema, table: name, name: policy, policy: { command, type, roles = [], using, check } }) => {
      const at = { schema, table: name };
      const parts = [
        `create policy ${ddl.quote(policy)} on ${ddl.qualified(at)}`,
        ...(type === undefined ? [] : [`as ${type}`]),
        ...(command === undefined ? [] : [`for ${command}`]),
        // `public` is a keyword here and not the name of a role
        ...(roles.length === 0
          ? []
          : [`to ${roles.map((role) => (role === 'public' ? role : ddl.quote(role))).join(', ')}`]),
        ...(using === undefined ? [] : [`using (${using})`]),
        ...(check === undefined ? [] : [`with check (${check})`]),
      ];
      return [change(parts.join(' '), exists(at, policy, true))];
    },
    dropPolicy: ({ schema, table: name, name: policy }) => {
      const at = { schema, table: name };
      return [change(`drop policy ${ddl.quote(policy)} on ${ddl.qualified(at)}`, exists(at, policy, false))];
    },
  };
}
