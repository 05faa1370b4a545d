"""The Mini App's pages, below ``/webapp``: a shell that anybody may load, and what a session shows."""
