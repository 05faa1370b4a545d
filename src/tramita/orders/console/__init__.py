"""What operators see of orders and of what is offered, and what they can do about them."""
