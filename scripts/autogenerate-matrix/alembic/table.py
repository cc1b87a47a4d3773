"""Words for the declarations: the table `thing` with a key, and what belongs to one."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table


def thing(*items, **options):
    """Declares `thing` with its key and what `items` makes; each is called, as an item belongs to one table."""

    def declare(metadata: MetaData):
        Table("thing", metadata, Column("id", Integer, primary_key=True), *(item() for item in items), **options)

    return declare


def column(*arguments, name="a", nullable=False, **options):
    """A column, not null unless told."""
    return lambda: Column(name, *(each() if callable(each) and not isinstance(each, type) else each for each in arguments), nullable=nullable, **options)


def owner(metadata: MetaData, key=Integer):
    Table("owner", metadata, Column("id", key, primary_key=True), Column("name", String(255), nullable=False))


def owned(*, nullable=False, key=Integer, unique=False, constraint=True, name=None, column_name="owner_id", **rules):
    """`thing` belongs to `owner`."""

    def declare(metadata: MetaData):
        owner(metadata, key)
        foreign = [ForeignKey("owner.id", name=name, **rules)] if constraint else []
        Table(
            "thing",
            metadata,
            Column("id", Integer, primary_key=True),
            Column(column_name, key, *foreign, nullable=nullable, unique=unique),
        )

    return declare


def several(*parts):
    """All of them."""

    def declare(metadata: MetaData):
        for part in parts:
            part(metadata)

    return declare


def on_thing(*makers, **options):
    """`thing` with the columns a, b and c, and indexes or constraints on them."""
    return thing(
        column(Integer),
        column(String(40), name="b"),
        column(sa.Text, name="c", nullable=True),
        *makers,
        **options,
    )
