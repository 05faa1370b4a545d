"""What a back office tells of its own accord.

``hearing`` has each message its effect once, and keeps it; ``taking`` says what that effect is.
"""
