"""The console's site and its visitors, for the pages that numbering brings to it."""

from tests.console.conftest import ana, site, stranger

__all__ = ["ana", "site", "stranger"]
