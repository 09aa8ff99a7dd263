"""The schema's history, for Alembic. `plumbline init` brings a database to its newest revision."""
