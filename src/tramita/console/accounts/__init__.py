"""Who works here: their accounts, passwords and second factors, and the tokens of systems."""
