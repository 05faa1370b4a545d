"""Orders to the control plane that it cannot follow."""

from collections.abc import Sequence


class OrderRefused(Exception):
    """The control plane cannot do that; ``known`` lists what it could."""

    def __init__(self, message: str, known: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.known = list(known)
