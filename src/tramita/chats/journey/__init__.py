"""What happens with chats, step by step.

1. ``take_update``: whatever the messenger posts, or is fetched from it, was kept as it came; here it
   is read and has its effect, once, in whatever order it came. Messages of a chat that nobody has
   activated wait a while for somebody who does.
2. ``fetch_asset``: what people attach is fetched, once, and kept.
3. ``send``: what is written into a chat is sent as quickly as the messenger allows, and no quicker.
   What may stand there already is not sent again by itself.
4. ``import_export``: the history of a chat from before, page by page.
"""
