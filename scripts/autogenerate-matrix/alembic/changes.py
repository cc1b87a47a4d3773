"""Changes of the matrix as SQLAlchemy says them: version 1 and version 2, by the names of the rows."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql as pg

from features import json, key, named
from table import column, on_thing, owned, owner, several, thing

moment = lambda **options: pg.TIMESTAMP(timezone=True, **options)
enum = lambda *values, **options: lambda: sa.Enum(*values, native_enum=False, create_constraint=True, name="thing_a", length=255, **options)
native = lambda *values, name="kind": lambda: sa.Enum(*values, name=name)

COLUMNS = {
    "a longer text": (column(String(40)), column(String(80))),
    "a smaller text that fits": (column(String(80)), column(String(40))),
    "a text without limit": (column(String(255)), column(sa.Text)),
    "a wider integer": (column(Integer), column(sa.BigInteger)),
    "a wider small integer": (column(sa.SmallInteger), column(Integer)),
    "a double out of an integer": (column(Integer), column(sa.Double)),
    "a decimal out of an integer": (column(Integer), column(sa.Numeric(12, 2))),
    "a text out of a number": (column(Integer), column(String(20))),
    "a number out of a text": (column(String(20)), column(Integer)),
    "a number out of a text, with defaults": (column(String(20), server_default="1"), column(Integer, server_default="2")),
    "a text out of a number, with the same default": (column(Integer, server_default="1"), column(String(255), server_default="1")),
    "a uuid out of a text": (column(String(36)), column(sa.Uuid)),
    "more digits": (column(sa.Numeric(10, 2)), column(sa.Numeric(14, 4))),
    "a precise moment": (column(lambda: moment(precision=0)), column(lambda: moment(precision=6))),
    "a moment without a zone": (column(lambda: moment(precision=6)), column(lambda: pg.TIMESTAMP(precision=6))),
    "a moment out of a date": (column(sa.Date), column(sa.DateTime(timezone=True))),
    "json out of text": (column(sa.Text), column(json)),
    "an array out of an array": (
        column(pg.ARRAY(Integer), server_default=text("'{1}'")),
        column(pg.ARRAY(sa.Text), server_default=text("'{1}'")),
    ),
    "becomes nullable": (column(String(255)), column(String(255), nullable=True)),
    "becomes nullable, with a comment and a default": (
        column(String(255), comment="c", server_default="d"),
        column(String(255), comment="c", server_default="d", nullable=True),
    ),
    "becomes required": (column(String(255), nullable=True), column(String(255))),
    "becomes required, with a default": (column(Integer, nullable=True), column(Integer, server_default="4")),
    "a default comes": (column(String(255)), column(String(255), server_default="o'neil")),
    "a default goes": (column(String(255), server_default="x"), column(String(255))),
    "a default changes": (column(Integer, server_default="1"), column(Integer, server_default="2")),
    "a default changes in case only": (column(String(255), server_default="Draft"), column(String(255), server_default="draft")),
    "a default turns over": (column(sa.Boolean, server_default=sa.true()), column(sa.Boolean, server_default=sa.false())),
    "a default changes its expression": (column(Integer, server_default=text("(1 + 2)")), column(Integer, server_default=text("(1 + 3)"))),
    "a default changes its quotes": (column(String(255), server_default="a'b"), column(String(255), server_default="a''b")),
    "a default becomes empty": (column(String(255), server_default="x"), column(String(255), server_default="")),
    "a default of json changes": (column(json, server_default='{"a":1}'), column(json, server_default='{"a":2}')),
    "a default of a moment comes": (
        column(sa.DateTime(timezone=True)),
        column(sa.DateTime(timezone=True), server_default=text("current_timestamp")),
    ),
    "a default of a decimal changes": (
        column(sa.Numeric(8, 2), server_default=text("1.50")),
        column(sa.Numeric(8, 2), server_default=text("-2.25")),
    ),
    "a default becomes a function": (
        column(sa.DateTime(timezone=True), server_default="2020-01-01 00:00:00"),
        column(sa.DateTime(timezone=True), server_default=text("current_timestamp")),
    ),
    "a default becomes another function": (
        column(sa.DateTime(timezone=True), nullable=True, server_default=text("current_timestamp")),
        column(sa.DateTime(timezone=True), nullable=True),
    ),
    "a comment comes": (column(String(255)), column(String(255), comment="it's")),
    "a comment changes": (column(String(255), comment="one", server_default="x"), column(String(255), comment="two", server_default="x")),
    "a collation comes": (column(String(255)), column(lambda: String(255, collation="C"))),
    "everything at once": (
        column(String(10), server_default="1", comment="x"),
        column(Integer, nullable=True, server_default="7", comment="y", index=True),
    ),
    "a longer unique text": (column(String(20), unique=True), column(String(40), unique=True)),
    "a longer text with an index and a default": (
        column(String(20), index=True, server_default="q"),
        column(String(40), index=True, server_default="q"),
    ),
    "a column gets another name": (column(sa.Text, name="one", nullable=True), column(sa.Text, name="two", nullable=True)),
    "a column named by a keyword becomes another type": (column(Integer, name="order"), column(sa.BigInteger, name="order")),
    "a computed column computes something else": (
        column(Integer, lambda: Computed("id * 2", persisted=True)),
        column(Integer, lambda: Computed("id * 3", persisted=True)),
    ),
    "an enum gets a value": (column(enum("a", "b"), server_default="a"), column(enum("a", "b", "c'd"), server_default="a")),
    "an enum loses a value": (column(enum("a", "b", "c"), server_default="a"), column(enum("a", "c"), server_default="c")),
    "an enum out of a text": (column(String(255)), column(enum("a", "b"))),
    "a text out of an enum with a default": (column(enum("a", "b"), server_default="a"), column(sa.Text, nullable=True)),
    "an enum gets values in the middle": (column(enum("a", "d")), column(enum("a", "b", "c", "d"))),
    "an enum changes the values that no row has": (column(enum("a", "b", "c")), column(enum("a", "x", "y"))),
    "an enum becomes nullable": (column(enum("a", "b")), column(enum("a", "b"), nullable=True)),
    "the default of an enum changes": (column(enum("a", "b"), server_default="a"), column(enum("a", "b"), server_default="b")),
    "a native enum gets a value": (column(native("a", "c")), column(native("a", "b", "c"))),
    "a native enum loses a value and the default moves": (
        column(native("a", "b"), server_default="a"),
        column(native("b", "c"), server_default="b"),
    ),
    "a native enum is sorted anew": (column(native("a", "b"), server_default="a"), column(native("b", "a"), server_default="a")),
    "another native enum": (
        column(native("a", "b", name="one"), server_default="a"),
        column(native("a", "b", "c", name="two"), server_default="a"),
    ),
    "a native enum out of a checked text": (
        column(enum("a", "b"), server_default="a"),
        column(native("a", "b"), server_default="a"),
    ),
}

unique = lambda *columns, **options: lambda: UniqueConstraint(*columns, **options)
index = lambda *arguments, **options: lambda: Index(*arguments, **options)
check = lambda expression, name="k": lambda: CheckConstraint(text(expression), name=name)
where = lambda condition: {"postgresql_where": text(condition), "sqlite_where": text(condition)}

PARTS = {
    "an index comes": ([], [index("i", "a", "b")]),
    "an index goes": ([index("i", "a")], []),
    "an index changes": ([index("i", "a")], [index("i", "b", "a")]),
    "an index gets another name": ([index("one", "a")], [index("two", "a")]),
    "a unique gets another name": ([unique("a", name="one")], [unique("a", name="two")]),
    "an index becomes unique": ([index("i", "a")], [unique("a", name="i")]),
    "a unique becomes an index": ([unique("a", name="i")], [index("i", "a")]),
    "an index becomes partial": ([index("i", "a")], [index("i", "a", **where("a > 0"))]),
    "a partial index changes": ([index("i", "a", **where("a > 1"))], [index("i", "a", **where("(a > 0)"))]),
    "a unique becomes deferrable": ([unique("a", name="u")], [unique("a", name="u", deferrable=True, initially="DEFERRED")]),
    "an index changes its method": ([index("i", "a")], [index("i", "a", postgresql_using="hash")]),
    "an index turns around": ([index("i", "a")], [index("i", text("a desc"))]),
    "two indexes change places": ([index("one", "a"), index("two", "b")], [index("one", "b"), index("two", "a")]),
    "a unique comes": ([], [unique("b", name="u")]),
    "a unique goes": ([unique("b", name="u")], []),
    "a unique gets a second column": ([unique("b", name="u")], [unique("b", "a", name="u")]),
    "a check comes": ([], [check("b <> 'it''s' and a > 0")]),
    "a check goes": ([check("a > 0")], []),
    "a check changes": ([check("a > 0")], [check("a > 1")]),
    "a check changes in case only": ([check("b <> 'X'")], [check("b <> 'y'")]),
    "a check changes in its parentheses only": ([check("a > 0 or (a < 5 and a <> 3)")], [check("(a > 0 or a < 5) and a <> 3")]),
    "a check changes what is quoted": ([check("b <> 'x'")], [check("b <> 'x''y'")]),
    "a check gets another name": ([check("a > 0", "one")], [check("a > 0", "two")]),
    "two checks change places": (
        [check("a > 0", "one"), check("a < 9", "two")],
        [check("a < 9", "one"), check("a > 0", "two")],
    ),
}

n = column(Integer, name="n")
related = lambda type_: owned(key=type_)
pivot = named(
    "thing_owners",
    lambda: Column("thing_id", ForeignKey("thing.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
    lambda: Column("owner_id", ForeignKey("owner.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
)
to = lambda target: several(
    named("one", key("id", Integer)),
    named("two", key("id", Integer)),
    thing(lambda: Column("to_id", ForeignKey(f"{target}.id"), nullable=False)),
)

TABLES = {
    "a column comes": (thing(), thing(column(String(255), server_default="x"), column(sa.Text, name="b", nullable=True))),
    "a column goes": (thing(column(String(255), index=True), column(Integer, name="b", unique=True)), thing()),
    "all columns but one are others": (thing(column(String(255))), thing(column(Integer, name="x"))),
    "a column with a default comes on rows": (
        thing(column(Integer)),
        thing(column(Integer), column(String(255), name="b", server_default="o'neil")),
    ),
    "a column that may be missing comes on rows": (
        thing(column(Integer)),
        thing(column(Integer), column(sa.LargeBinary, name="b", nullable=True)),
    ),
    "a column with a check comes": (
        thing(column(Integer)),
        thing(column(Integer), column(Integer, name="b", server_default="5"), check("b > 0", "b")),
    ),
    "a column with an index comes": (
        thing(column(Integer)),
        thing(column(Integer), column(String(20), name="b", nullable=True, index=True)),
    ),
    "a computed column comes on rows": (thing(n), thing(n, column(Integer, lambda: Computed("n * 2", persisted=True)))),
    "a computed column goes": (thing(n, column(Integer, lambda: Computed("n * 2", persisted=True))), thing(n)),
    "a computed column with an index computes something else": (
        thing(n, column(Integer, lambda: Computed("n * 2", persisted=True), index=True)),
        thing(n, column(Integer, lambda: Computed("n + 2", persisted=True), index=True)),
    ),
    "a check of a property comes": (thing(column(Integer)), thing(column(Integer), check("a > 0", "a"))),
    "a check of a property goes": (thing(column(Integer), check("a > 0", "a")), thing(column(Integer))),
    "an enum comes on rows": (thing(n), thing(n, column(enum("a", "b'c"), server_default="a"))),
    "an enum goes": (thing(n, column(enum("a", "b"), nullable=True)), thing(n)),
    "a native enum comes on rows": (thing(n), thing(n, column(native("a", "b"), server_default="a"))),
    "a table comment comes": (on_thing(), on_thing(comment="it's")),
    "a table comment changes": (on_thing(comment="one"), on_thing(comment="two")),
    "another column is the key": (
        named("thing", key("id", Integer), column(String(20), name="code")),
        named("thing", lambda: Column("id", Integer, nullable=False), key("code", String(20))),
    ),
    "the key gets a second column": (
        named("thing", key("a", Integer, autoincrement=False), column(Integer, name="b")),
        named("thing", key("a", Integer, autoincrement=False), key("b", Integer, autoincrement=False)),
    ),
    "a key loses a column, which stays": (
        named("thing", key("a", Integer, autoincrement=False), key("b", Integer, autoincrement=False)),
        named("thing", key("a", Integer, autoincrement=False), column(Integer, name="b")),
    ),
    "a wider key": (
        named("thing", key("id", Integer), column(String(255))),
        named("thing", key("id", sa.BigInteger), column(String(255))),
    ),
    "a longer key": (
        named("thing", key("code", String(10)), column(String(255))),
        named("thing", key("code", String(30)), column(String(255))),
    ),
    "a table comes": (thing(), several(thing(), owner)),
    "a table goes": (several(thing(column(String(255), index=True)), owner), owner),
    "relation comes": (several(owner, thing()), owned(nullable=True)),
    "relation goes": (owned(), several(owner, thing(column(String(255), name="x")))),
    "relation changes its rule": (owned(nullable=True), owned(nullable=True, ondelete="CASCADE")),
    "relation from restrict to no action": (owned(ondelete="RESTRICT"), owned(ondelete="NO ACTION")),
    "relation becomes deferred": (owned(), owned(deferrable=True, initially="DEFERRED")),
    "relation gets another name": (owned(), owned(name="other")),
    "relation one to one becomes many to one": (owned(unique=True), owned()),
    "relation many to one becomes one to one": (owned(), owned(unique=True)),
    "relation becomes required": (owned(nullable=True), owned()),
    "relation becomes one that may be missing": (owned(), owned(nullable=True)),
    "relation loses its rule": (owned(ondelete="CASCADE"), owned(ondelete="NO ACTION")),
    "relation changes what an update does": (owned(onupdate="CASCADE"), owned(onupdate="NO ACTION")),
    "relation gets its constraint": (owned(constraint=False), owned()),
    "relation many to many comes": (several(owner, thing()), several(owner, thing(), pivot)),
    "relation many to many goes": (several(owner, thing(), pivot), several(owner, thing())),
    "relation to another table": (to("one"), to("two")),
    "the type of a referenced key": (related(Integer), related(sa.BigInteger)),
    "both ends of a relation get another key": (related(Integer), related(String(36))),
    "a relation to itself comes on rows": (
        named("node", key("id", Integer), column(Integer)),
        named("node", key("id", Integer), column(Integer), lambda: Column("parent_id", ForeignKey("node.id"))),
    ),
    "a table with rows goes, and what belonged to it stays": (
        several(owner, thing(n, lambda: Column("owner_id", ForeignKey("owner.id")))),
        thing(n),
    ),
    "two tables come, related to one that has rows": (
        thing(n),
        several(
            thing(n),
            named("part", key("id", Integer), lambda: Column("item_id", ForeignKey("thing.id"), nullable=False)),
            named("grain", key("id", Integer), lambda: Column("part_id", ForeignKey("part.id"), nullable=False)),
        ),
    ),
    "a table moves to another schema": (
        named("thing", key("id", Integer), column(native("a"), name="e")),
        named("thing", key("id", Integer), column(lambda: sa.Enum("a", name="kind", schema="shop"), name="e"), schema="shop"),
    ),
    "a table with an odd name gets a column with one": (
        named("it's a-Table", key("id", Integer), column(Integer)),
        named(
            "it's a-Table", key("id", Integer), column(Integer), column(String(255), name="order's", server_default="x", index=True)
        ),
    ),
}

CHANGES = {
    **{name: (thing(before), thing(after)) for name, (before, after) in COLUMNS.items()},
    **{name: (on_thing(*before), on_thing(*after)) for name, (before, after) in PARTS.items()},
    **TABLES,
}
