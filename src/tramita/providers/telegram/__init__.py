"""Telegram: a bot in group chats, by the Bot API."""
