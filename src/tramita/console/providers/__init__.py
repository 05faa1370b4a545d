"""The room of the providers: how the outside systems are, and pausing them."""
