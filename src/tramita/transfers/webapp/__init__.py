"""What stands behind the Mini App and its API: who comes from a chat, as what, and what they may see."""
