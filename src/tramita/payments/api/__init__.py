"""What payments answer over HTTP."""
