"""The PostgreSQL that Tramita brings, for who has none yet: no production needs it."""
