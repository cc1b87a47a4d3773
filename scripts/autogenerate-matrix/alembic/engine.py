"""Alembic's autogenerate, told what to do by lines of JSON on stdin; each is answered by one line on stdout.

The database is the one that DB_ENGINE, DB_NAME, DB_HOST, DB_PORT, DB_USER and DB_PASSWORD name. What Alembic renders is
run as Python, as a revision file would be.
"""

import json
import os
import sys
import textwrap

import alembic
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool

import description
from changes import CHANGES
from features import FEATURES, POSTGRES_TYPES

ROWS = {
    **{f"features/{name}": (None, declare) for name, declare in FEATURES.items() if name not in POSTGRES_TYPES or os.environ["DB_ENGINE"] == "postgres"},
    **{f"changes/{name}": sides for name, sides in CHANGES.items()},
}


def url():
    env = os.environ
    if env["DB_ENGINE"] == "sqlite":
        return sa.URL.create("sqlite", database=env["DB_NAME"])
    return sa.URL.create(
        "postgresql+psycopg2",
        username=env["DB_USER"],
        password=env["DB_PASSWORD"],
        host=env["DB_HOST"],
        port=int(env["DB_PORT"]),
        database=env["DB_NAME"],
    )


ENGINE = sa.create_engine(url(), poolclass=NullPool)

# the convention that Alembic's own documentation asks for, so that every constraint can be dropped by its name
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def declared(row=None, side=None, tables=None, **_):
    if tables is not None:
        # all its names are said
        metadata = sa.MetaData()
        description.declare(metadata, tables)
        return metadata
    metadata = sa.MetaData(naming_convention=NAMES)
    declare = ROWS[row][0 if side == "before" else 1]
    if declare is not None:
        declare(metadata)
    return metadata


def is_included(thing, name, kind, reflected, compare_to):
    """Without what the other tool is told to leave out as well."""
    return name is None or "_left_" not in name


def context(connection, metadata):
    schemas = sorted({table.schema for table in metadata.tables.values() if table.schema})
    return MigrationContext.configure(
        connection,
        opts={
            "target_metadata": metadata,
            "compare_type": True,
            "compare_server_default": True,
            "include_schemas": bool(schemas),
            "include_object": is_included,
            "render_as_batch": connection.dialect.name == "sqlite",
        },
    )


def differences(metadata):
    with ENGINE.connect() as connection:
        migration_context = context(connection, metadata)
        script = produce_migrations(migration_context, metadata)
        sides = [
            ""
            if side.is_empty()
            else as_module(
                render_python_code(
                    side,
                    migration_context=migration_context,
                    render_as_batch=connection.dialect.name == "sqlite",
                )
            )
            for side in (script.upgrade_ops, script.downgrade_ops)
        ]
        return sides


def as_module(body):
    """What is rendered as the body of a function, whose first line has no indent."""
    return textwrap.dedent(f"    {body}")


def run(code):
    with ENGINE.begin() as connection:
        migration_context = MigrationContext.configure(connection)
        exec(code, {"sa": sa, "postgresql": postgresql, "sqlite": sqlite, "op": Operations(migration_context)})


def answer(question, last={}):
    match question["do"]:
        case "rows":
            return {"names": list(ROWS)}
        case "versions":
            return {"versions": f"Alembic {alembic.__version__} with SQLAlchemy {sa.__version__}"}
        case "migrate":
            upgrade, downgrade = differences(declared(**question))
            last.update(upgrade=upgrade, downgrade=downgrade)
            if upgrade:
                run(upgrade)
            return {"remaining": upgrade, "upgrade": upgrade, "downgrade": downgrade}
        case "run":
            run(question["code"])
        case "downgrade":
            run(last["downgrade"])
        case "again":
            run(last["upgrade"])
        case "remaining":
            return {"remaining": differences(declared(**question))[0]}
    return {}


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:  # whatever Alembic, SQLAlchemy or the engine say is the answer
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
