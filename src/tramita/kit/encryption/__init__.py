"""What is kept of people is written so that only a key of this installation reads it."""
