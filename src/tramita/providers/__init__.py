"""Outside systems, one folder each; found by entry point, imported by nobody."""
