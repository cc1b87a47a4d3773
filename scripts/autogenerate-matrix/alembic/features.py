"""Features of the matrix as SQLAlchemy says them, by the names of the rows."""

import os

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, ForeignKeyConstraint, Identity, Index, Integer, String, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql as pg

from table import column, on_thing, owned, owner, several, thing

# MikroORM's json is jsonb on PostgreSQL
json = pg.JSONB if os.environ["DB_ENGINE"] == "postgres" else sa.JSON

one = {
    # types
    "string": column(String(255)),
    "string with a length": column(String(80)),
    "string of one character": column(String(1)),
    "text": column(sa.Text),
    "character": column(sa.CHAR(3)),
    "character of one": column(sa.CHAR(1)),
    "integer": column(Integer),
    "smallint": column(sa.SmallInteger),
    "bigint": column(sa.BigInteger),
    "decimal": column(sa.Numeric(12, 4)),
    "decimal without size": column(sa.Numeric(10, 0)),
    "decimal of whole numbers": column(sa.Numeric(8, 0)),
    "decimal of many digits": column(sa.Numeric(38, 10)),
    "float": column(sa.REAL),
    "double": column(sa.Double),
    "boolean": column(sa.Boolean),
    "date": column(sa.Date),
    "time": column(sa.Time),
    "datetime": column(sa.DateTime(timezone=True)),
    "interval": column(sa.Interval),
    "uuid": column(sa.Uuid),
    "json": column(json),
    "blob": column(sa.LargeBinary),
    "uint8array": column(sa.LargeBinary),
    "integer that may be missing": column(Integer, nullable=True),
    "smallint that may be missing": column(sa.SmallInteger, nullable=True),
    "bigint that may be missing": column(sa.BigInteger, nullable=True),
    "decimal that may be missing": column(sa.Numeric(9, 3), nullable=True),
    "double that may be missing": column(sa.Double, nullable=True),
    "boolean that may be missing": column(sa.Boolean, nullable=True),
    "date that may be missing": column(sa.Date, nullable=True),
    "time that may be missing": column(sa.Time, nullable=True),
    "datetime that may be missing": column(sa.DateTime(timezone=True), nullable=True),
    "uuid that may be missing": column(sa.Uuid, nullable=True),
    "text that may be missing": column(sa.Text, nullable=True),
    "blob that may be missing": column(sa.LargeBinary, nullable=True),
    "json that may be missing": column(json, nullable=True),
    "nullable": column(String(255), nullable=True),
    "comment": column(String(255), comment="what it is"),
    "comment with quotes": column(String(255), comment="it's \"this\" \\ that"),
    "a name with a capital": column(String(255), name="camelCase"),
    "a name that is a keyword": column(String(255), name="order"),
    "a name with a blank and an apostrophe": column(String(255), name="it's a name"),
    "a column's name with a dash": column(String(255), name="a-b", server_default="x"),
    "a column's name with a dot": column(String(255), name="a.b", server_default="x"),
    "a column's name with a quote": column(String(255), name='a"b', server_default="x"),
    "a column's name with a backtick": column(String(255), name="a`b", server_default="x"),
    "a column's name of sixty characters": column(String(255), name="n" * 60, server_default="x"),
    "a column's name in capitals": column(String(255), name="UPPER", server_default="x"),
    "columnType varchar(40) as it is": column(sa.VARCHAR(40)),
    "columnType char(10) as it is": column(sa.CHAR(10)),
    "columnType numeric(10,2) as it is": column(sa.NUMERIC(10, 2)),
    "columnType double precision as it is": column(sa.DOUBLE_PRECISION),
    "columnType real as it is": column(sa.REAL),
    "columnType smallint as it is": column(sa.SMALLINT),
    "columnType bigint as it is": column(sa.BIGINT),
    "columnType date as it is": column(sa.DATE),
    "columnType text as it is": column(sa.TEXT),
    # defaults
    "default string": column(String(255), server_default="draft"),
    "default empty string": column(String(255), server_default=""),
    "default string with an apostrophe": column(String(255), server_default="o'neil"),
    "default string with a backslash": column(String(255), server_default="a\\b"),
    "default string with everything": column(String(255), server_default="\\'\"%_?\n\t`ä😀--/*"),
    "default string that looks like a function": column(String(255), server_default="now()"),
    "default string null": column(String(255), server_default="null"),
    "default text": column(sa.Text, server_default="draft"),
    "default text with an apostrophe": column(sa.Text, server_default="o'neil"),
    "default raw text": column(String(255), server_default=text("'o''neil'")),
    "default integer": column(Integer, server_default="3"),
    "default zero": column(Integer, server_default="0"),
    "default negative integer": column(Integer, server_default="-3"),
    "default smallint": column(sa.SmallInteger, server_default="-1"),
    "default bigint raw": column(sa.BigInteger, server_default=text("7")),
    "default large bigint": column(sa.BigInteger, server_default=text("9007199254740993")),
    "default double": column(sa.Double, server_default=text("-1.5")),
    "default float": column(sa.REAL, server_default=text("0.1")),
    "default decimal": column(sa.Numeric(10, 2), server_default=text("1.50")),
    "default small decimal": column(sa.Numeric(12, 6), server_default=text("0.000001")),
    "default largest integer": column(Integer, server_default=text("2147483647")),
    "default smallest integer": column(Integer, server_default=text("-2147483648")),
    "default huge double": column(sa.Double, server_default=text("1e21")),
    "default true": column(sa.Boolean, server_default=sa.true()),
    "default false": column(sa.Boolean, server_default=sa.false()),
    "default boolean raw": column(sa.Boolean, server_default=text("true")),
    "default now": column(sa.DateTime(timezone=True), server_default=text("current_timestamp")),
    "default now()": column(sa.DateTime(timezone=True), server_default=sa.func.now()),
    "default datetime literal": column(sa.DateTime(timezone=True), server_default="2020-01-01 00:00:00"),
    "default short datetime literal": column(sa.DateTime(timezone=True), server_default="2020-01-01"),
    "default date literal": column(sa.Date, server_default="2020-01-01"),
    "default today": column(sa.Date, server_default=text("(current_date)")),
    "default time literal": column(sa.Time, server_default="10:00"),
    "default json": column(json, server_default='{"a": 1, "b": [true, null]}'),
    "default empty json array": column(json, server_default="[]"),
    "default expression": column(Integer, server_default=text("(1 + 2)")),
    "default blanks": column(String(255), server_default="   "),
    "default of signs for patterns": column(String(255), server_default="100%_"),
    "default text that looks like a number": column(String(255), server_default="007"),
    "default text that looks like a boolean": column(String(255), server_default="true"),
    "default text that looks like a date": column(String(255), server_default="2020-01-01"),
    "default text that looks like a cast": column(String(255), server_default="'x'::text"),
    "default of two hundred characters": column(String(255), server_default="xy" * 100),
    "default of letters beyond ASCII": column(String(255), server_default="žluťoučký 中文 😀"),
    "default character": column(sa.CHAR(2), server_default="ab"),
    "default null": column(String(255), nullable=True, server_default=text("null")),
    "default of what may be missing": column(String(255), nullable=True, server_default="x"),
    # enums, checked as MikroORM's are
    "enum": column(lambda: sa.Enum("draft", "live", name="thing_a", native_enum=False, create_constraint=True)),
    "enum with one value": column(lambda: sa.Enum("only", name="thing_a", native_enum=False, create_constraint=True)),
    "enum that may be missing": column(lambda: sa.Enum("draft", "live", name="thing_a", native_enum=False, create_constraint=True), nullable=True),
    "enum with a default": column(lambda: sa.Enum("draft", "live", name="thing_a", native_enum=False, create_constraint=True), server_default="draft"),
    "enum with apostrophe, comma and backslash": column(
        lambda: sa.Enum("o'neil", "a,b", "c\\d", "ä)(", name="thing_a", native_enum=False, create_constraint=True), server_default="o'neil"
    ),
    # keys and indexes of one column
    "unique": column(String(255), unique=True),
    "unique that may be missing": column(String(255), nullable=True, unique=True),
    "index": column(String(255), index=True),
}

POSTGRES_TYPES = {
    "tinyint": column(sa.SmallInteger),
    "array": column(pg.ARRAY(sa.Text)),
    "array that may be missing": column(pg.ARRAY(sa.Text), nullable=True),
    "datetime without digits": column(lambda: pg.TIMESTAMP(timezone=True, precision=0)),
    "datetime with six digits": column(lambda: pg.TIMESTAMP(timezone=True, precision=6)),
    "datetime with three digits": column(lambda: pg.TIMESTAMP(timezone=True, precision=3)),
    "time with digits": column(lambda: pg.TIME(precision=3)),
    "columnType timestamp": column(lambda: pg.TIMESTAMP()),
    "columnType timestamp(3)": column(lambda: pg.TIMESTAMP(precision=3)),
    "columnType time with time zone": column(lambda: pg.TIME(timezone=True)),
    "columnType varchar": column(String),
    "columnType int[]": column(pg.ARRAY(Integer)),
    "columnType inet": column(pg.INET),
    "columnType bit varying(5)": column(lambda: pg.BIT(5, varying=True)),
    "columnType json": column(pg.JSON),
    "columnType tsvector as it is": column(pg.TSVECTOR),
    "columnType cidr as it is": column(pg.CIDR),
    "columnType macaddr as it is": column(pg.MACADDR),
    "columnType money as it is": column(pg.MONEY),
    "columnType int4range as it is": column(pg.INT4RANGE),
    "columnType tstzrange as it is": column(pg.TSTZRANGE),
    "columnType uuid[] as it is": column(pg.ARRAY(pg.UUID)),
    "columnType numeric(10,2)[] as it is": column(pg.ARRAY(sa.Numeric(10, 2))),
    "columnType bit(8) as it is": column(lambda: pg.BIT(8)),
    "columnType timestamptz(0) as it is": column(lambda: pg.TIMESTAMP(timezone=True, precision=0)),
    "columnType interval(3) as it is": column(lambda: pg.INTERVAL(precision=3)),
    "columnType interval year to month as it is": column(lambda: pg.INTERVAL(fields="YEAR TO MONTH")),
    "columnType date[] as it is": column(pg.ARRAY(sa.Date)),
    "collation": column(lambda: String(255, collation="C")),
    "default now with six digits": column(lambda: pg.TIMESTAMP(timezone=True, precision=6), server_default=text("current_timestamp(6)")),
    "default datetime with six digits": column(lambda: pg.TIMESTAMP(timezone=True, precision=6), server_default="2020-01-01 00:00:00.123456"),
    "default json raw": column(pg.JSONB, server_default=text("'{\"a\"\\:1}'")),
    "default array": column(pg.ARRAY(sa.Text), server_default=text("'{a,b''c}'")),
    "default empty array": column(pg.ARRAY(sa.Text), server_default="{}"),
    "default uuid": column(sa.Uuid, server_default=text("gen_random_uuid()")),
    "default function call": column(String(255), server_default=text("upper('a'::text)")),
    "default blob": column(sa.LargeBinary, server_default=text("'\\x6162'::bytea")),
    "default interval": column(sa.Interval, server_default="1 day"),
    "default inet": column(pg.INET, server_default="127.0.0.1"),
    "native enum": column(lambda: sa.Enum("draft", "live", name="state")),
    "native enum with a default": column(lambda: sa.Enum("draft", "o'neil", name="state"), server_default="o'neil"),
    "native enum with capitals": column(lambda: sa.Enum("Draft", "Live", name="ThingState")),
    "native enum array": column(lambda: pg.ARRAY(sa.Enum("a", "b", name="state")), nullable=True),
    "identity": column(Integer, lambda: Identity()),
    "identity always": column(Integer, lambda: Identity(always=True)),
    "generated text": column(String(255), lambda: Computed("upper('it''s ' || id::text)", persisted=True)),
}


def checked(expression):
    return thing(
        column(Integer),
        column(String(50), name="s"),
        column(sa.Text, name="t", nullable=True),
        column(sa.DateTime(timezone=True), name="d", nullable=True),
        lambda: CheckConstraint(text(expression.replace(":", "\\:")), name="rule"),
    )


CHECKS = [
    "a > 0", "a between 1 and 10", "a between -5 and 10", "s like 'a%'", "s not like 'a%'", "s not in ('a', 'b')",
    "s in ('a', 'b')", "s in ('a')", "length(s) > 3", "s <> 'text'", "s <> 'it''s'", "a is not null and (t is null or a > 3)",
    "(a > 3) or (a < 0 and not (a = 5))", "coalesce(a, 0) >= 0", "d > '2020-01-01'", "a % 2 = 0", "s ~ '^[a-z]+$'",
    "s::text = lower(s)", "true", "a in (1, 2, 3)", "a not between 1 and 5", "a = 1 or a = 2 or a is null", "a <> -1",
    "not (a > 3)", "abs(a) < 10", "a * 2 + 1 > 3", "a > length(s)", "upper(s) = s", "t is null", "s <> '' and s is not null",
    "d >= '2020-01-01' and d < '2030-01-01'", "s like '%''%'", "coalesce(t, 'x') <> 'y'",
]  # fmt: skip


def named(name, *columns, **options):
    return lambda metadata: Table(name, metadata, *(each() for each in columns), **options)


key = lambda name, type_, **options: lambda: Column(name, type_, primary_key=True, **options)
pair = named("pair", key("a", Integer, autoincrement=False), key("b", String(20)))

TABLES = {
    "generated stored": thing(column(Integer, name="n"), column(Integer, lambda: Computed("n * 2", persisted=True))),
    "check of a property": thing(column(Integer), lambda: CheckConstraint("a >= 0", name="a")),
    "unique with a name": thing(column(String(255)), lambda: UniqueConstraint("a", name="my_unique")),
    "index with a name": thing(column(String(255)), lambda: Index("my_index", "a")),
    "index of two columns": on_thing(lambda: Index("i", "a", "b")),
    "index of three columns": on_thing(lambda: Index("three", "b", "a", "id")),
    "index twice": on_thing(lambda: Index("one", "a", "b"), lambda: Index("two", "b", "a")),
    "index unique twice": on_thing(lambda: UniqueConstraint("a", name="one"), lambda: UniqueConstraint("b", "a", name="two")),
    "index beside a unique": thing(column(String(30)), lambda: Index("one", "a"), lambda: UniqueConstraint("a", name="two")),
    "index descending": on_thing(lambda: Index("down", text("a desc"), "b")),
    "index in both directions": on_thing(lambda: Index("mixed", "a", text("b desc"))),
    "index nulls first": on_thing(lambda: Index("nulls", text("a nulls first"))),
    "index descending, nulls last": on_thing(lambda: Index("nulls", text("a desc nulls last"))),
    "index including": on_thing(lambda: Index("covering", "a", postgresql_include=["b"])),
    "index unique including": on_thing(lambda: UniqueConstraint("a", name="covering", postgresql_include=["b"])),
    "index with a fill factor": on_thing(lambda: Index("loose", "a", postgresql_with={"fillfactor": 70})),
    "index hash": on_thing(lambda: Index("hashed", "a", postgresql_using="hash")),
    "index brin": on_thing(lambda: Index("ranges", "a", postgresql_using="brin")),
    "index gin": thing(column(pg.JSONB, name="j", nullable=True), lambda: Index("inverted", "j", postgresql_using="gin")),
    "index partial": on_thing(
        lambda: Index("part", "a", postgresql_where=text("b <> 'x' and a > 3"), sqlite_where=text("b <> 'x' and a > 3"))
    ),
    "index unique partial": on_thing(
        lambda: Index("part", "b", unique=True, postgresql_where=text("a between 1 and 3"), sqlite_where=text("a between 1 and 3"))
    ),
    "index partial where something is missing": on_thing(
        lambda: Index("part", "a", postgresql_where=text("c is null"), sqlite_where=text("c is null"))
    ),
    "index by expression": on_thing(lambda: Index("expr", text("lower(b)"))),
    "index unique by expression": on_thing(lambda: Index("expr", text("lower(b)"), "a", unique=True)),
    "index by expression with a condition": on_thing(
        lambda: Index("expr", text("(a + 1)"), postgresql_where=text("b <> 'x''y'"), sqlite_where=text("b <> 'x''y'"))
    ),
    "index unique of two columns": on_thing(lambda: UniqueConstraint("a", "b", name="u")),
    "index unique deferrable": on_thing(lambda: UniqueConstraint("a", name="late", deferrable=True, initially="DEFERRED")),
    "composite primary key": pair,
    "primary key of three columns": named("keyed", key("a", Integer, autoincrement=False), key("b", Integer), key("c", String(9))),
    "uuid primary key": named("keyed", key("id", sa.Uuid)),
    "uuid primary key with a default": named("keyed", key("id", sa.Uuid, server_default=text("gen_random_uuid()"))),
    "bigint primary key": named("big", key("id", sa.BigInteger)),
    "smallint primary key": named("small", key("id", sa.SmallInteger)),
    "integer primary key that does not count": named("plain", key("id", Integer, autoincrement=False)),
    "string primary key": named("keyed", key("code", String(30))),
    "character primary key": named("keyed", key("code", sa.CHAR(2))),
    "primary key with another name": named("keyed", key("Number", Integer)),
    "column names that look like numbers": thing(column(String(255), name="2"), column(String(255), name="10", nullable=True)),
    "table comment": thing(comment="it's a \"thing\""),
    "two checks": thing(column(Integer), lambda: CheckConstraint("a > 0", name="low"), lambda: CheckConstraint("a < 100", name="high")),
    "odd names of an index, a unique and a check": thing(
        column(Integer),
        column(Integer, name="b"),
        lambda: Index("an Index's name", "a"),
        lambda: UniqueConstraint("b", name='a-unique "name"'),
        lambda: CheckConstraint("a > b", name="check me"),
    ),
    "a table's name with a dash": named("a-b", key("id", Integer), column(String(20), index=True)),
    "a table's name with a quote": named('a"b', key("id", Integer), column(String(20), index=True)),
    "a table's name with a backtick": named("a`b", key("id", Integer), column(String(20), index=True)),
    "a table's name with letters beyond ASCII": named("größe", key("id", Integer), column(String(20), index=True)),
    "a table's name of sixty characters": named("n" * 60, key("id", Integer), column(String(20), index=True)),
    "a table's name in capitals": named("UPPER", key("id", Integer), column(String(20), index=True)),
    "a table's name that is a keyword": named("select", key("id", Integer), column(String(20), index=True)),
    # relations
    "relation many to one": owned(),
    "relation that may be missing": owned(nullable=True),
    "relation on delete cascade": owned(ondelete="CASCADE"),
    "relation on delete set null": owned(nullable=True, ondelete="SET NULL"),
    "relation on delete restrict": owned(ondelete="RESTRICT"),
    "relation on delete no action": owned(ondelete="NO ACTION"),
    "relation on delete set default": owned(ondelete="SET DEFAULT"),
    "relation on update cascade": owned(onupdate="CASCADE"),
    "relation on update no action": owned(onupdate="NO ACTION"),
    "relation on update set null": owned(nullable=True, onupdate="SET NULL"),
    "relation on update restrict": owned(onupdate="RESTRICT"),
    "relation with both rules": owned(ondelete="CASCADE", onupdate="CASCADE"),
    "relation deferred": owned(deferrable=True, initially="DEFERRED"),
    "relation deferrable, at once": owned(deferrable=True, initially="IMMEDIATE"),
    "relation with a name": owned(name="belongs_to"),
    "relation with another column": owned(column_name="whose"),
    "relation without a constraint": owned(constraint=False),
    "relation one to one": owned(unique=True),
    "relation one to one that may be missing": owned(unique=True, nullable=True),
    "relation one to one with a rule": owned(unique=True, ondelete="CASCADE"),
    "relation to a bigint key": owned(key=sa.BigInteger),
    "relation to a uuid key": owned(key=sa.Uuid),
    "relation to a string key": owned(key=String(20)),
    "relation to a smallint key": owned(key=sa.SmallInteger),
    "relation many to many": several(
        owner,
        thing(),
        named(
            "thing_owner",
            lambda: Column("thing_id", ForeignKey("thing.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
            lambda: Column("owner_id", ForeignKey("owner.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
        ),
    ),
    "relation to itself": named("node", key("id", Integer), lambda: Column("parent_id", ForeignKey("node.id"))),
    "relations in a circle": several(
        named("chicken", key("id", Integer), lambda: Column("from_id", ForeignKey("egg.id", name="fk_from", use_alter=True))),
        named("egg", key("id", Integer), lambda: Column("by_id", ForeignKey("chicken.id", name="fk_by"))),
    ),
    "relation to a composite key": several(
        pair,
        thing(
            column(Integer, name="pair_a"),
            column(String(20), name="pair_b"),
            lambda: ForeignKeyConstraint(["pair_a", "pair_b"], ["pair.a", "pair.b"]),
        ),
    ),
    "two relations to one table": several(
        owner,
        thing(lambda: Column("owner_id", ForeignKey("owner.id"), nullable=False), lambda: Column("lender_id", ForeignKey("owner.id"))),
    ),
    "relation that is the key": several(
        owner, named("profile", lambda: Column("owner_id", ForeignKey("owner.id"), primary_key=True), lambda: Column("text", sa.Text))
    ),
    "relation that is part of the key": several(
        owner, named("line", lambda: Column("owner_id", ForeignKey("owner.id"), primary_key=True), key("number", Integer))
    ),
    "relations in a chain, listed backwards": several(
        named("third", key("id", Integer), lambda: Column("second_id", ForeignKey("second.id"), nullable=False)),
        named("second", key("id", Integer), lambda: Column("first_id", ForeignKey("first.id"), nullable=False)),
        named("first", key("id", Integer)),
    ),
    # schemas, which Alembic leaves to be created by hand
    "a relation between schemas": several(
        named("home", key("id", Integer)),
        named("there", key("id", Integer), lambda: Column("home_id", ForeignKey("home.id"), nullable=False), schema="far"),
        named("near", key("id", Integer), lambda: Column("there_id", ForeignKey("far.there.id"), nullable=False), schema="far"),
    ),
    "one table name in two schemas": several(
        thing(column(String(255), comment="here")),
        named("thing", key("id", Integer), column(sa.Text, nullable=True, comment="there", unique=True), schema="other"),
    ),
}

FEATURES = {
    **{name: thing(maker) for name, maker in {**one, **POSTGRES_TYPES}.items()},
    **{f"check {expression}": checked(expression) for expression in CHECKS},
    **TABLES,
}
