"""What is so about an application, and who may do what with it: pure, and mostly tables."""
