"""Chats: groups of a messenger in which a bot of ours is, what is said there and what we say.

Who is in a chat, what was written, edited and attached, and what was sent there, in what order
and with what end. What a chat is about, its listener knows; here nobody does.
"""
