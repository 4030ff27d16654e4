"""Runs Alembic on the connection that ``consultation.database.migrating`` hands over."""

from alembic import context

import consultation.database.records  # noqa: F401  (its tables belong to the same schema)
from consultation.database.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
