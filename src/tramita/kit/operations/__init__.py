"""One row per outside act, written before it: the life of an operation.

An operation is prepared in the transaction that wants it, sent by whoever takes it,
and settled with one of the five outcomes. What makes a repeated job safe is that
only one taker can move the row from ``PREPARED`` to ``SENT``.
"""
