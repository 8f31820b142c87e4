"""Where Alembic runs the journal's migrations: on the connection it is handed, in one transaction."""

from alembic import context

from etl.journal_tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
