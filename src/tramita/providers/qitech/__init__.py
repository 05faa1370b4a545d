"""QI Tech: portability proposals through its credit transfer API."""
