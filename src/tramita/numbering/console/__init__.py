"""What operators see of numbers, and what they can do about them."""
