"""Telmex: takes note of contracts, and has nothing to say about them."""
