"""How the base is today."""

from typing import Literal

from tramita.simulation.conditions import VendorConditions

Writing = Literal["plain", "bom", "windows-1251", "wrong_charset", "broken"]
Dates = Literal["iso", "empty", "blank", "russian", "offset"]
Feeds = Literal["json", "atom"]
Numbers = Literal["text", "comma", "blanks", "number"]


class Conditions(VendorConditions):
    """What the operator may set.

    ``is_idempotent``: the service knows an ``external_id`` again. ``licences``: sessions at once;
    ``licence_status``: with what status it says that there is none. ``is_exclusive``: nobody is let
    in. ``access``: whether the platform's user may come in. ``is_reachable``: it can be called at all; else it fetches its messages itself. ``posting``: what
    it says where its own rules do not let it post a document; empty: they let it. ``writes``,
    ``dates`` and ``numbers``: how it writes. ``ahead_hours``: how far its clock is ahead. ``prefix``: what
    numbers begin with. ``job_seconds``: how long a document takes that was asked for.
    ``refuses_cancel``: nothing is given up. ``signs``: what is posted is signed, and bears no password.
    ``feeds``: in what OData answers, whatever is asked for.
    ``poll_seconds``: how often messages are fetched where it cannot be called.
    """

    is_idempotent: bool = True
    licences: int = 5
    licence_status: int = 500
    is_exclusive: bool = False
    access: Literal["granted", "password_changed", "role_missing"] = "granted"
    is_reachable: bool = True
    posting: str = ""
    writes: Writing = "plain"
    dates: Dates = "iso"
    numbers: Numbers = "text"
    feeds: Feeds = "json"
    ahead_hours: float = 0
    prefix: str = "ПА00-"
    job_seconds: float = 20
    refuses_cancel: bool = False
    signs: bool = False
    poll_seconds: float = 2
