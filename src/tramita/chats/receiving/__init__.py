"""How updates get here: a messenger posts them to us, or is asked for them.

``keeping`` has the messenger do what this installation wants, and says how that goes; ``polling``
asks for updates where nobody can post to us. Either way an update is kept before the messenger may
forget it; ``chats.take_update`` handles it.
"""
