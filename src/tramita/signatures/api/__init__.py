"""What signatures answer over HTTP."""
