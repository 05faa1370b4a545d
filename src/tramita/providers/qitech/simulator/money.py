"""Amounts on what the vendor shows to clients."""


def reais(cents: int) -> str:
    """An amount as a Brazilian reads it: ``R$ 8.912,77``."""
    return f"R$ {cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))
