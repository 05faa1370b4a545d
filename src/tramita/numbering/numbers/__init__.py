"""Phone numbers that are, or were, ours: reserved, used, ended, given back."""
