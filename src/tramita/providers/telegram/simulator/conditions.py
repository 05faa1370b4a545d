"""How this simulated Telegram behaves today; its operator can change it."""

from tramita.simulation.conditions import VendorConditions


class Conditions(VendorConditions):
    """What the operator may set.

    ``has_limits``: a message a second in a chat, twenty a minute in a group, thirty a second in
    all. ``is_private``: of a group the bot is told commands and replies only, unless it leads it.
    ``hides_members``: who does not lead a group learns of nobody else in it. ``is_revoked``: our
    token does not count any more. ``allows_http``: webhooks on this machine need no TLS.
    ``app_url`` is where our application is, ``bot`` and ``app`` are their names in links.
    """

    has_limits: bool = False
    is_private: bool = False
    hides_members: bool = False
    is_revoked: bool = False
    allows_http: bool = True
    app_url: str = "http://127.0.0.1:8000/webapp"
    bot: str = "tramita_demo_bot"
    app: str = "pay"
