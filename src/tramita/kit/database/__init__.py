"""PostgreSQL: its migrations, and the unit of work."""
