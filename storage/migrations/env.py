"""Called by Alembic: carries out the migrations on the connection that storage.migrations.run hands in.

It neither connects nor touches logging: both are the program's.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
