"""How the console tells of portabilities."""
