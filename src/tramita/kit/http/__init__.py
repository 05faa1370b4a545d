"""What areas share of HTTP: bodies, pages of lists, answers. Knows the web framework."""
