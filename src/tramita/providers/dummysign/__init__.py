"""A signing service that is none: it speaks our own words, and tells nobody of anything. For trying things."""
