"""What transfers answer to programs."""
