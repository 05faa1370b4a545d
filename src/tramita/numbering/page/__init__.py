"""What the demonstration page shows, and its words: pure, in Portuguese."""
