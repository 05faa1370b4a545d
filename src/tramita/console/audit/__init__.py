"""Who did what, when, from where and on what."""
