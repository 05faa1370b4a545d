"""The room of what waits for a person: groups of like cases, and acting on many of them."""
