"""``/api/v1/chats``: chats as operators see them."""
