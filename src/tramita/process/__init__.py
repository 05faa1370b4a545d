"""What every process of Tramita opens, and what a worker runs; ``tramita.web`` is what it serves.

Only one of many processes serves HTTP: nothing here knows the web framework, no route
and no page, so a worker starts without them.
"""
