"""Who somebody is to an application."""

from enum import StrEnum


class Role(StrEnum):
    """As what somebody acts; it is found anew at each request, and kept nowhere.

    ``CLIENT``: a member of the application's chat who is on no list of agents. ``AGENT``: the agent
    of the application. ``MANAGER``: one on the list of the master tenant who may act for any of its
    agents. ``OTHER_AGENT``: an agent of another tenant. ``TENANT_ADMIN``: whoever administers the
    master tenant. ``ONEC``: an accountant there, whose name is in the message. ``BOT``: what the
    messenger tells by itself. ``SYSTEM``: our own jobs. ``PLATFORM_ADMIN``: the house, with a reason.
    """

    CLIENT = "client"
    AGENT = "agent"
    MANAGER = "manager"
    OTHER_AGENT = "other_agent"
    TENANT_ADMIN = "tenant_admin"
    ONEC = "onec"
    BOT = "bot"
    SYSTEM = "system"
    PLATFORM_ADMIN = "platform_admin"
