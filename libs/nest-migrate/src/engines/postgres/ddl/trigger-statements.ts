import { type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { statementsIn } from '../../sql/sql-lexer.js';
import { change, restatement, type StatementDraft, type StatementTable } from '../../ddl/statement-table.js';
import { triggerBlock } from './block.js';
import { dollarQuoted } from './dollar-quoted.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { cutTriggerFunction, triggerFunction } from '../trigger-function.js';

/**
 * Triggers. PostgreSQL's triggers run a function, so a trigger that is given by its body gets its own function, named
 * as MikroORM names it.
 */
export function triggerStatements(ddl: SchemaHelperDdl): Pick<StatementTable, 'createTrigger' | 'dropTrigger'> {
  const functionOf = ({ schema, table }: TableRef, name: string): string =>
    ddl.quote(ddl.schemaOf(schema), triggerFunction(table, name));
  const exists = (at: TableRef, name: string, present: boolean): Postcondition => triggerExists(ddl, at, name, present);
  return {
    createTrigger: ({ schema, table, name, trigger }) => {
      const at = { schema, table };
      const { timing, events, forEach = 'row', when, body, expression } = trigger;
      if (expression !== undefined) return statementsOf(expression, exists(at, name, true));
      const block = dollarQuoted(` ${triggerBlock(body ?? '')}; `);
      const condition = when === undefined ? '' : ` when (${when})`;
      const head = `create trigger ${ddl.quote(name)} ${timing} ${events.join(' or ')} on ${ddl.qualified(at)}`;
      return [
        restatement(
          `create or replace function ${functionOf(at, name)}() returns trigger as ${block} language plpgsql`,
        ),
        change(
          `${head} for each ${forEach}${condition} execute function ${functionOf(at, name)}()`,
          exists(at, name, true),
        ),
      ];
    },
    dropTrigger: ({ schema, table, name }) => {
      const at = { schema, table };
      const earlier = cutTriggerFunction(table, name);
      return [
        change(`drop trigger ${ddl.quote(name)} on ${ddl.qualified(at)}`, exists(at, name, false)),
        restatement(`drop function if exists ${functionOf(at, name)}()`),
        ...(earlier === undefined ? [] : [restatement(dropUnlessUsed(ddl, ddl.quote(ddl.schemaOf(schema), earlier)))]),
      ];
    },
  };
}

/** A query whose value is true where a trigger is there, or is not. */
export function triggerExists(ddl: SchemaHelperDdl, at: TableRef, name: string, present: boolean): Postcondition {
  return {
    query:
      `select count(*) = ${present ? 1 : 0} as present from pg_catalog.pg_trigger ` +
      `where tgrelid = to_regclass(${literal(ddl.platform, ddl.qualified(at))}) and tgname = ${literal(ddl.platform, name)}`,
  };
}

/** Drops a function that a trigger had to itself or shared with others, unless one of those still executes it. */
function dropUnlessUsed({ platform }: SchemaHelperDdl, name: string): string {
  const used = `select from pg_catalog.pg_trigger where tgfoid = to_regprocedure(${literal(platform, `${name}()`)})`;
  return `do ${dollarQuoted(` begin if not exists (${used}) then drop function if exists ${name}(); end if; end `)}`;
}

/** A function and its trigger may be given as one text, but no driver takes several statements at once. */
function statementsOf(expression: string, postcondition: Postcondition): readonly StatementDraft[] {
  const statements = statementsIn(expression, postgresLexicalRules);
  if (!statements.every((sql) => /^create\b/i.test(sql))) return [change(expression, postcondition)];
  return statements.map((sql, index) => {
    if (index === statements.length - 1) return change(sql, postcondition);
    return /^create\s+or\s+replace\b/i.test(sql) ? restatement(sql) : { sql, effect: 'schema' };
  });
}
