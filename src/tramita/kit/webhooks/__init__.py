"""Outgoing webhooks: what happened here, told to the systems of whoever asked to hear.

An area calls ``emission.emit`` inside its unit of work. The event, its frozen body and one
delivery per endpoint are written with the change they tell of, or not at all; a job per
delivery posts it, signed as Standard Webhooks has it, again and again on a published
schedule. Whoever receives gets every event at least once, always with the same id.
"""
