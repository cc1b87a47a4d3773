/** Spellings of types that SQLite, or MikroORM for it, treats as the same. */
const names = new Map(
  Object.entries({
    int: 'integer',
    int2: 'integer',
    int8: 'integer',
    smallint: 'integer',
    tinyint: 'integer',
    bool: 'integer',
    boolean: 'integer',
    varchar: 'text',
    'character varying': 'text',
    nvarchar: 'text',
    char: 'text',
    character: 'text',
    nchar: 'text',
    clob: 'text',
    decimal: 'numeric',
    float: 'real',
    'double precision': 'double',
  }),
);

/**
 * One canonical text for types that hold the same values in the same way. A length, for example, has no effect in
 * SQLite.
 */
export function canonicalSqliteType(type: string): string {
  const parts = /^([^()]*?)\s*(?:\(([^()]*)\))?$/s.exec(type.trim().toLowerCase().replace(/\s+/g, ' '));
  if (!parts) return type.trim().toLowerCase();
  const [, spelled = '', args] = parts;
  const name = names.get(spelled) ?? spelled;
  if (args === undefined || name === 'text' || name === 'integer') return name;
  const sizes = args.replace(/\s+/g, '');
  return `${name}(${name === 'numeric' && !sizes.includes(',') ? `${sizes},0` : sizes})`;
}

export function isNumberType(type: string): boolean {
  return /^(?:integer|bigint|mediumint|numeric|real|double)\b/.test(canonicalSqliteType(type));
}
