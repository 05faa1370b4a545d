"""A card processor that is none: it speaks our own words, and every card pays. For trying things."""
