"""Sigan: Vivo's inventory of phone numbers. No public API exists; this one is assumed."""
