"""Benchmarks: what Tramita costs, measured on real processes over real sockets.

``python -m benchmarks`` starts Tramita and its simulators as a user would, drives them
over HTTP and WebSocket, and prints tables; ``processes.py`` reads what the processes
used. Nothing here is imported by Tramita.
"""
