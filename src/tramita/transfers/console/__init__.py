"""What operators see of transfers, and what they may do about it."""
