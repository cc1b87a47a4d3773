"""What pytest-alembic does to a history, by Alembic alone: test_up_down_consistency, which goes up to each revision and down from
each by a command of its own, and for each revision what its experimental test_downgrade_leaves_no_trace does, which compares the
schema before a revision with the one behind its downgrade. The history is that of `histories.ts`.

    python bench/alembic_verify.py postgresql+psycopg2://user:password@host:port 10,200,1000 3
"""

import contextlib
import io
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, text

ENV = """
from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""


def bodies(index, count):
    table, kind = f"table_{count}_{index // 10}", index % 10
    if kind == 0:
        return (
            f"op.create_table('{table}', sa.Column('id', sa.Integer, primary_key=True, autoincrement=True), "
            "sa.Column('name', sa.String(40), nullable=False))",
            f"op.drop_table('{table}')",
        )
    if kind == 5:
        return f"op.create_index('{table}_name', '{table}', ['name'])", f"op.drop_index('{table}_name', '{table}')"
    if kind == 9:
        return (
            f"op.bulk_insert(sa.table('{table}', sa.column('name')), [{{'name': 'one'}}, {{'name': 'two'}}])",
            f"op.execute(\"delete from {table} where name in ('one', 'two')\")",
        )
    return (
        f"op.add_column('{table}', sa.Column('column_{kind}', sa.Integer, nullable=True))",
        f"op.drop_column('{table}', 'column_{kind}')",
    )


def history(folder, count):
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    for index in range(count):
        down = "None" if index == 0 else f"'r{index - 1}'"
        up, back = bodies(index, count)
        (folder / "versions" / f"r{index}.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'r{index}'\ndown_revision = {down}\n\n\n"
            f"def upgrade():\n    {up}\n\n\ndef downgrade():\n    {back}\n"
        )


def run(work, *args):
    with contextlib.redirect_stdout(io.StringIO()):
        work(*args)


# of a longer history the last revisions alone are taken, with the others below them
LONG, LAST = 50, 20


def indexes(count):
    return range(count - LAST, count) if count > LONG else range(count)


def up_and_down(config, count):
    for index in indexes(count):
        run(command.upgrade, config, f"r{index}")
    for index in reversed(indexes(count)):
        run(command.downgrade, config, "base" if index == 0 else f"r{index - 1}")


def leaves_no_trace(config, connection, count):
    for index in indexes(count):
        before = MetaData()
        before.reflect(connection)
        run(command.upgrade, config, f"r{index}")
        run(command.downgrade, config, "base" if index == 0 else f"r{index - 1}")
        differences = compare_metadata(MigrationContext.configure(connection), before)
        if any("alembic_version" not in str(difference) for difference in differences):
            raise SystemExit(f"r{index}: {differences}")
        run(command.upgrade, config, f"r{index}")


def measured(url, count, rounds):
    folder = Path(tempfile.mkdtemp("bench-alembic")) / "migrations"
    history(folder, count)
    found = []
    try:
        for _ in range(rounds):
            times = []
            for work in ("consistency", "trace"):
                name = f"bench_{uuid.uuid4().hex[:12]}"
                server = create_engine(url if url.startswith("sqlite") else f"{url}/postgres", isolation_level="AUTOCOMMIT")
                is_sqlite = url.startswith("sqlite")
                if not is_sqlite:
                    with server.connect() as admin:
                        admin.execute(text(f"create database {name}"))
                engine = create_engine(f"sqlite:///{folder.parent}/{name}.db" if is_sqlite else f"{url}/{name}")
                config = Config()
                config.set_main_option("script_location", str(folder))
                with engine.connect() as connection:
                    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                    config.attributes["connection"] = connection
                    if count > LONG:
                        run(command.upgrade, config, f"r{count - LAST - 1}")
                    started, worked = time.perf_counter(), time.process_time()
                    if work == "consistency":
                        up_and_down(config, count)
                    else:
                        leaves_no_trace(config, connection, count)
                    for spent in (time.perf_counter() - started, time.process_time() - worked):
                        times.append(spent / len(indexes(count)) * 1000)
                engine.dispose()
                if not is_sqlite:
                    with server.connect() as admin:
                        admin.execute(text(f"drop database {name}"))
                server.dispose()
            found.append(times)
        return [statistics.median(column) for column in zip(*found)]
    finally:
        shutil.rmtree(folder.parent)


url, sizes = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "10,200,1000"
print("| revisions | up and down, each | and the schema compared |\n| ---: | ---: | ---: |")
for size in map(int, sizes.split(",")):
    consistency, own, trace, own_of_trace = measured(url, size, int(sys.argv[3]) if len(sys.argv) > 3 else 3)
    print(f"| {size} | {consistency:.0f} ms ({own:.0f} ms) | {trace:.0f} ms ({own_of_trace:.0f} ms) |", flush=True)
