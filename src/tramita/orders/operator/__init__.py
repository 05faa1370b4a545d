"""What people who look after orders see of them, and what they may do."""
