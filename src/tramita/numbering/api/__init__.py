"""Numbering over HTTP."""
