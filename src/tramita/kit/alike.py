"""By what sentences that say the same are told to be alike, in SQL."""


def without_numbers(text: str) -> str:
    """SQL: a text but for the numbers and ids in it, by which like sentences are told to be alike."""
    numbers = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{22}|[0-9]+"
    return f"regexp_replace(coalesce({text}, ''), '{numbers}', '…', 'g')"
