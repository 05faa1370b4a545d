"""What the dummy answers: our own words, each in a record."""

import msgspec

from tramita.signatures.ports import SignatureState


class WireError(msgspec.Struct):
    """How it says no."""

    code: str
    message: str


class WireReference(msgspec.Struct):
    """A procedure that was made, or changed."""

    reference: str


class WireReferences(msgspec.Struct):
    """Procedures that were found."""

    references: list[str]


class WireDigest(msgspec.Struct):
    """A document that came in."""

    digest: str


class WireDigests(msgspec.Struct):
    """The documents of a procedure."""

    digests: list[str]


class WireLink(msgspec.Struct):
    """Where somebody signs."""

    link: str


class WireState(msgspec.Struct):
    """How a procedure stands."""

    state: SignatureState
