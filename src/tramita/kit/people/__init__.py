"""What is held of people: where it lies, and what becomes of it when a person asks."""
