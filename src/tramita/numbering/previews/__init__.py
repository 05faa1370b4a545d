"""Previews: three numbers of an area code, held for a quarter of an hour to choose from."""
