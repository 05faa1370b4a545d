"""Telegram's Bot API on loopback, and the people who write in its chats. SIMULATED.

Written from the Bot API's public documents and from what its server and its users say of it:
``vendor`` says what each method comes to; the ``messenger`` keeps people, chats and messages;
``updates`` tell the bot of them, in order within a chat, again and again until it takes them;
``people`` write, edit, press, come and go; ``mini_app`` signs what an application is opened with.
Texts of errors are those of the public server; limits are those of its FAQ.

This package imports nothing of the provider's client: what both got wrong together would never be
found.
"""

from tramita.providers.telegram.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
