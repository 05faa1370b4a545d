"""Sending messages out: what every channel does alike, whatever is spoken on it.

A message and its deliveries are written with the change they tell of, or not at all; a job
per delivery sends it, again and again on the channel's schedule. Every receiver gets every
message at least once, only so many at the same time, and a slow one keeps nobody waiting. A
channel says which tables are its own, what a letter consists of, and how one is sent.
"""
