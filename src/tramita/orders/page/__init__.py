"""What the learners' pages show, worked out from what is known of their orders: pure."""
