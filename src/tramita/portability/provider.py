"""The provider of portability; every contract of it is that provider's."""

from typing import Final

PROVIDER: Final = "qitech"
