"""The provider of portabilities for which nobody has named another."""

from typing import Final

PROVIDER: Final = "qitech"
