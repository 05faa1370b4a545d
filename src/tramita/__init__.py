"""Tramita carries contracts through the outside systems that fulfil them."""
