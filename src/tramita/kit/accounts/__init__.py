"""People who sign in: accounts with a password and a role, sessions, limited attempts."""
