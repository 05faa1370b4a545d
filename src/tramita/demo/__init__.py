"""Every journey on example data, end to end, with the world simulated beside it."""
