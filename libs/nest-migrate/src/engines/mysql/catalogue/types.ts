const names = new Map(
  Object.entries({
    integer: 'int',
    int1: 'tinyint',
    int2: 'smallint',
    int3: 'mediumint',
    int4: 'int',
    int8: 'bigint',
    numeric: 'decimal',
    dec: 'decimal',
    fixed: 'decimal',
    'double precision': 'double',
    real: 'double',
    float8: 'double',
    character: 'char',
    'character varying': 'varchar',
  }),
);

const bareArguments: Readonly<Record<string, string>> = {
  decimal: '(10,0)',
  char: '(1)',
  binary: '(1)',
  bit: '(1)',
};

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const moments = new Set(['datetime', 'timestamp', 'time']);

/**
 * A canonical text for MySQL's and MariaDB's spellings of one type, such as `integer` and `int(11)`. `unsigned` is not
 * part of it.
 */
export function canonicalMySqlType(type: string): string {
  const text = type.trim().replace(/\s+(?:unsigned|signed|zerofill)\b/gi, '');
  // the values of an enum or a set are kept as they are
  if (/^(?:enum|set)\s*\(/i.test(text)) return text;
  const parts = /^([^()]*?)\s*(?:\(([^()]*)\))?$/s.exec(text.toLowerCase().replace(/\s+/g, ' '));
  if (!parts) return text.toLowerCase();
  const [, spelled = '', args] = parts;
  if (spelled === 'bool' || spelled === 'boolean') return 'tinyint(1)';
  const name = names.get(spelled) ?? spelled;
  return canonicalArguments(name, args?.replace(/\s+/g, ''));
}

function canonicalArguments(name: string, args: string | undefined): string {
  if (args === undefined) return name + (bareArguments[name] ?? '');
  if (integers.has(name)) return name === 'tinyint' && args === '1' ? 'tinyint(1)' : name; // a display width
  if (name === 'decimal' && !args.includes(',')) return `decimal(${args},0)`;
  if (moments.has(name) && args === '0') return name;
  if (name === 'float' && !args.includes(',')) return Number(args) <= 24 ? 'float' : 'double';
  return name === 'year' ? name : `${name}(${args})`;
}

/** The type to which values are cast for comparing two of them; `undefined` for types that are compared as text. */
export function castTarget(type: string): string | undefined {
  const canonical = canonicalMySqlType(type);
  const name = canonical.replace(/\(.*/, '');
  if (integers.has(name)) return 'decimal(30,0)';
  if (name === 'decimal') return canonical;
  if (name === 'float' || name === 'double') return 'double';
  if (name === 'timestamp') return canonical.replace('timestamp', 'datetime');
  if (name === 'datetime' || name === 'time' || name === 'date') return canonical;
  return undefined;
}
