"""SQLAlchemy's declaration of a description of a schema, which comes as JSON. What it cannot say is refused."""

import re

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import conv


def declare(metadata, tables):
    for table in tables:
        sa.Table(
            table["name"],
            metadata,
            *(sa_column(column, table, tables) for column in table["columns"]),
            *(constraint for column in table["columns"] for constraint in of_column(column)),
            *(foreign_key(key) for key in table["foreignKeys"]),
            *(sa.CheckConstraint(check["expression"], name=conv(check["name"])) for check in table["checks"]),
            *(sa.UniqueConstraint(*unique["columns"], name=conv(unique["name"])) for unique in table["uniques"]),
            *(index(one, metadata) for one in table["indexes"]),
            schema=table.get("schema"),
            comment=table.get("comment"),
        )


def sa_column(column, table, tables):
    items = []
    generated = column.get("generated")
    if generated is not None:
        items.append(computed(generated))
    keys = [each for each in table["columns"] if each.get("primary")]
    counts = column.get("primary") and len(keys) == 1 and column.get("autoincrement") is not False
    return sa.Column(
        column["name"],
        sa_type(column, table),
        *items,
        nullable=column.get("nullable", False),
        primary_key=column.get("primary", False),
        autoincrement="auto" if counts else False,
        server_default=default(column.get("default")),
        comment=column.get("comment"),
    )


def computed(generated):
    identity = re.fullmatch(r"(by default as )?identity", generated)
    if identity is not None:
        return sa.Identity(always=identity[1] is None)
    expression, kind = re.fullmatch(r"(.*)\s(stored|virtual)", generated, re.DOTALL).groups()
    return sa.Computed(expression.removeprefix("(").removesuffix(")"), persisted=kind == "stored")


def default(value):
    if value is None:
        return None
    return value if isinstance(value, str) else sa.text(str(value))


def of_column(column):
    if column.get("unique"):
        yield sa.UniqueConstraint(column["name"], name=conv(column["unique"]))
    if column.get("check"):
        yield sa.CheckConstraint(column["check"]["expression"], name=conv(column["check"]["name"]))


def foreign_key(key):
    return sa.ForeignKeyConstraint(key["columns"], key["references"], name=conv(key["name"]))


def index(one, metadata):
    parts = [sa.text(part) if kind == "sql" else part for kind, part in one["parts"]]
    options = {}
    if one.get("where"):
        options["postgresql_where"] = sa.text(one["where"])
        options["sqlite_where"] = sa.text(one["where"])
    if one.get("include"):
        options["postgresql_include"] = one["include"]
    return sa.Index(one["name"], *parts, unique=one.get("unique", False), **options)


def sa_type(column, table):
    said = column["type"]
    collation = column.get("collation")
    items = column.get("items")
    if items is not None:
        if column["native"]:
            return sa.Enum(*items, name=said)
        return sa.Enum(*items, native_enum=False, create_constraint=True, length=40, name=conv(f"{table['name']}_{column['name']}_check"))
    name, _, arguments = said.partition("(")
    numbers = [int(number) for number in arguments.removesuffix(")").split(",") if number.strip()]
    match name.strip():
        case "varchar":
            return sa.String(*numbers, collation=collation)
        case "char":
            return sa.CHAR(*numbers)
        case "decimal":
            return sa.Numeric(*numbers)
        case "timestamptz":
            return postgresql.TIMESTAMP(timezone=True, precision=numbers[0])
    return {
        "int": sa.Integer,
        "smallint": sa.SmallInteger,
        "bigint": sa.BigInteger,
        "double precision": sa.Double,
        "text": sa.Text,
        "date": sa.Date,
        "uuid": sa.Uuid,
        "json": postgresql.JSONB,
        "boolean": sa.Boolean,
        "citext": postgresql.CITEXT,
        "hstore": postgresql.HSTORE,
    }[said]()
