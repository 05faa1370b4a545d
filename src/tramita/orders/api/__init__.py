"""The API of orders: what learners and administrators see of them."""
