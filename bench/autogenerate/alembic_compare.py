"""Makes the tables of the benchmark from SQLAlchemy's models, then compares them with Alembic for each line it reads."""
import sys

import alembic
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql import JSONB


def models(count):
    metadata = sa.MetaData()
    for index in range(count):
        name = f"item_{index}"
        columns = [
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(120), nullable=False),
            sa.Column("slug", sa.String(80), nullable=False),
            sa.Column("status", sa.Text, nullable=False, server_default="draft"),
            sa.Column("price", sa.Numeric(10, 2), nullable=False, server_default="0.00"),
            sa.Column("active", sa.Boolean, nullable=False, server_default=sa.text("true")),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
            sa.Column("meta", JSONB, nullable=True),
            sa.Column("note", sa.Text, nullable=True),
        ]
        if index > 0:
            columns.append(sa.Column("previous_id", sa.Integer, sa.ForeignKey(f"item_{index - 1}.id"), nullable=True))
        table = sa.Table(
            name,
            metadata,
            *columns,
            sa.UniqueConstraint("slug", name=f"{name}_slug_unique"),
            sa.CheckConstraint("status in ('draft', 'published', 'withdrawn')", name=f"{name}_status_check"),
            sa.CheckConstraint("price >= 0 and price < 100000", name=f"{name}_price"),
            comment=f"about item {index}",
        )
        sa.Index(f"{name}_title", table.c.title)
        sa.Index(f"{name}_lower", sa.func.lower(table.c.slug))
    return metadata


def main(url, count):
    engine = sa.create_engine(url.replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+psycopg2://"))
    metadata = models(int(count))
    metadata.create_all(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        print(f"Alembic {alembic.__version__}, SQLAlchemy {sa.__version__}", flush=True)
        for _ in sys.stdin:
            sa.inspect(connection).clear_cache()
            print(len(compare_metadata(context, metadata)), flush=True)


main(*sys.argv[1:])
