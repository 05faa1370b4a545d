"""The journals: what was said to providers, what came in, and what was told to partners."""
