"""How QI Tech behaves today; its operator can change it."""

from typing import Annotated, Literal

import msgspec

from tramita.simulation.conditions import VendorConditions

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Conditions(VendorConditions):
    """What the operator may set.

    ``duplicates``: how a second proposal of a contract number is met; accepting it
    is what a vendor without idempotency does, and the hardest for a partner.
    ``life``: whether proposals move by the virtual clock, or only by people's acts.
    ``submission``: whether a signed proposal goes to the CTC at once or waits for
    the partner. ``documents``: whether pictures out of limits are refused when
    they come up, or taken and their proposal canceled for good. ``consent``:
    whether the beneficiary is asked. The shares are how often an automatic life
    ends badly, or Dataprev refuses to register a margin for the time being.
    ``webhook_profile``: how bodies of webhooks are spelled; ``webhook_signature``: the
    generation they are signed in; ``webhook_clock``: whose time the signature bears,
    a partner's or that of this simulated world.
    """

    duplicates: Literal["dup_accept", "dup_409", "dup_400", "dup_same"] = "dup_accept"
    query_by_contract_number: bool = True
    life: Literal["manual", "automatic"] = "manual"
    submission: Literal["automatic", "manual"] = "automatic"
    documents: Literal["refuse", "cancel"] = "refuse"
    consent: bool = True
    rejected_share: Share = 0.0
    retained_share: Share = 0.0
    lapsed_share: Share = 0.0
    registration_error_share: Share = 0.0
    webhook_profile: Literal["plain", "string_numbers", "extra_fields", "wrapped"] = "plain"
    webhook_signature: Literal["v2", "v1"] = "v2"
    webhook_clock: Literal["real", "virtual"] = "real"

    @property
    def is_automatic(self) -> bool:
        """Whether time alone moves proposals."""
        return self.life == "automatic"
