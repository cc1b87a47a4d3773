import { onlyAddsValues, renamedItems } from '../../../operations/enum-renames.js';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { warned } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { postgresSql } from '../lexical-rules.js';
import { aroundDependents, type Move, moveParts } from './moved-column.js';
import { wordsOfTable } from './table-place.js';
import { inside, type WrittenParts } from './written-parts.js';

/**
 * A type that loses values, or gets them in another order: its columns move to new ones of a new type, which then takes the
 * name.
 */
export function alterEnum(written: WrittenParts, operation: OperationOf<'alterEnum'>): void {
  const { schema, name, items, existing, renames = [], columns, rebuild } = operation;
  const isAdded = rebuild !== true && onlyAddsValues(renamedItems(existing, renames), items);
  const used = columns.filter((column) => !written.isNew(column));
  if (isAdded || used.length === 0) return written.plain(operation);
  const temporary = objectName(name, [], 'new');
  const moves: Move[] = [];
  for (const column of used) {
    const move = moveOf(written, operation, column, temporary);
    if (typeof move === 'string') return written.plain(unmoved(operation, move));
    moves.push(move);
  }
  const parts = moves.map(moveParts);
  const place = { ...(schema !== undefined && { schema }) };
  const told = `requests that write a value which ${wordsOfTable({ schema, table: name })} loses fail from here on`;
  const rename = `alter type ${postgresSql.quote(schema, temporary)} rename to ${postgresSql.quote(name)}`;
  const change: readonly Operation[] = [
    ...parts.flatMap(({ leave }) => leave),
    { kind: 'dropEnum', ...place, name },
    { kind: 'execute', sql: rename, params: [] },
    ...parts.flatMap(({ take }) => take),
  ];
  const warning = [operation.warning, told].filter((text) => text !== undefined).join('; ');
  written.move(
    { warning },
    {
      before: [
        inside({ kind: 'createEnum', ...place, name: temporary, items }),
        ...parts.flatMap(({ before }) => before),
      ],
      swap: aroundDependents(moves, change, [{ ...place, name }]),
      after: parts.flatMap(({ after }) => after),
    },
  );
}

function moveOf(
  written: WrittenParts,
  { schema, renames = [], columns }: OperationOf<'alterEnum'>,
  { table, schema: tableSchema, column, array = false }: OperationOf<'alterEnum'>['columns'][number],
  temporary: string,
): Move | string {
  if (renames.length > 0) return 'values of the type get other names as well';
  if (columns.some((one) => written.isNew(one))) return 'a table that the revision creates has the type';
  const at = { table, ...(tableSchema !== undefined && { schema: tableSchema }) };
  const facts = written.movedColumn(at, column);
  if (typeof facts === 'string') return `${column} of ${wordsOfTable(at)} cannot move: ${facts}`;
  const why = facts.obstacle;
  if (why !== undefined) return `${column} of ${wordsOfTable(at)} cannot move: ${why}`;
  const key = written.facts.primaryKeyOf(written.known(at));
  const found = facts.columns.find((one) => one.name === column);
  if (key === undefined || found === undefined) return `${wordsOfTable(at)} has no primary key`;
  const list = array ? '[]' : '';
  const type = `${postgresSql.quote(schema, temporary)}${list}`;
  const { nullable, defaultSql, comment } = found;
  const definition = {
    ...(nullable && { nullable }),
    ...(defaultSql !== undefined && { defaultRaw: defaultSql }),
    ...(comment !== undefined && { comment }),
  };
  const printed = found.type.replace(/\[\]$/, '');
  return {
    ...at,
    column,
    before: { columnType: found.type, ...definition },
    after: { columnType: type, ...definition },
    value: `${postgresSql.quote(column)}::text${list}::${type}`,
    key,
    facts,
    typeNames: [[printed, postgresSql.quote(schema, temporary)]],
  };
}

function unmoved(operation: OperationOf<'alterEnum'>, why: string): OperationOf<'alterEnum'> {
  const tables = [...new Set(operation.columns.map(wordsOfTable))].join(' and ');
  return warned(operation, `requests on ${tables} wait while the type of the columns is written again: ${why}`);
}
