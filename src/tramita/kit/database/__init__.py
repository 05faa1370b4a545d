"""PostgreSQL: embedded or given, its migrations, and the unit of work."""
