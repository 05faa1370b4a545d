"""The operator's pages: who signs in, what stands still, why, and what to do about it."""
