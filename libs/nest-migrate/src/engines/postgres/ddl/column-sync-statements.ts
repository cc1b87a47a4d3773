import { type SyncColumnsOperation } from '../../../operations/operation.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, restatement, type StatementTable } from '../../ddl/statement-table.js';
import { syncTrigger, triggerFunction } from '../trigger-function.js';
import { dollarQuoted } from './dollar-quoted.js';
import { triggerExists } from './trigger-statements.js';

/** A trigger, and its function, that keep a column and its copy equal. */
export function columnSyncStatements(ddl: SchemaHelperDdl): Pick<StatementTable, 'syncColumns' | 'unsyncColumns'> {
  const functionOf = (schema: string | undefined, table: string, name: string): string =>
    ddl.quote(ddl.schemaOf(schema), triggerFunction(table, name));
  return {
    syncColumns: (operation) => {
      const { schema, table, copy } = operation;
      const at = { schema, table };
      const name = syncTrigger(copy);
      const quoted = ddl.quote(name);
      const called = `${functionOf(schema, table, name)}()`;
      return [
        restatement(
          `create or replace function ${called} returns trigger as ${dollarQuoted(bodyOf(ddl, operation))} language plpgsql`,
        ),
        change(
          `create trigger ${quoted} before insert or update on ${ddl.qualified(at)} for each row execute function ${called}`,
          triggerExists(ddl, at, name, true),
        ),
        // also for the rows that a subscription of logical replication writes
        restatement(`alter table ${ddl.qualified(at)} enable always trigger ${quoted}`),
      ];
    },
    unsyncColumns: ({ schema, table, copy }) => {
      const at = { schema, table };
      const name = syncTrigger(copy);
      return [
        change(`drop trigger ${ddl.quote(name)} on ${ddl.qualified(at)}`, triggerExists(ddl, at, name, false)),
        restatement(`drop function if exists ${functionOf(schema, table, name)}()`),
      ];
    },
  };
}

/**
 * Values are compared as they are stored: not every type has an operator for it. What did not change is not converted, so
 * that a row whose value cannot be converted may still change in other columns.
 */
function bodyOf(ddl: SchemaHelperDdl, { schema, table, column, copy, conversion }: SyncColumnsOperation): string {
  const { forward, back } = conversion;
  const ofRow = (expression: string): string => `(select ${expression} from (select new.*) as ${ddl.quote(table)})`;
  const [one, other] = [`new.${ddl.quote(column)}`, `new.${ddl.quote(copy)}`];
  const converted = forward === undefined ? one : ofRow(forward);
  const assign = `${other} := ${converted};`;
  const differs = (left: string, right: string): string => `pg_catalog.record_image_ne(row(${left}), row(${right}))`;
  const isChanged = (name: string): string => differs(`new.${ddl.quote(name)}`, `old.${ddl.quote(name)}`);
  const body =
    back === false
      ? [
          `  if tg_op = 'INSERT' then`,
          `    ${assign}`,
          `  elsif ${isChanged(column)} then`,
          `    ${assign}`,
          '  end if;',
        ]
      : [
          `  if tg_op = 'INSERT' then`,
          `    is_given := ${other} is not null;`,
          '  else',
          `    is_given := ${isChanged(copy)} and not ${isChanged(column)};`,
          '  end if;',
          '  if is_given then',
          // a copy that is what the column becomes changes nothing: it may be less exact than the column
          `    was := ${other};`,
          `    ${assign}`,
          `    if ${differs('was', other)} then`,
          `      ${other} := was;`,
          `      ${one} := ${back === undefined ? 'was' : ofRow(back)};`,
          '    end if;',
          `  elsif tg_op = 'INSERT' then`,
          `    ${assign}`,
          `  elsif ${isChanged(column)} then`,
          `    ${assign}`,
          '  end if;',
        ];
  const declared =
    back === false
      ? []
      : ['declare', '  is_given boolean;', `  was ${ddl.qualified({ schema, table })}.${ddl.quote(copy)}%type;`];
  return ['', '#variable_conflict use_column', ...declared, 'begin', ...body, '  return new;', 'end', ''].join('\n');
}
