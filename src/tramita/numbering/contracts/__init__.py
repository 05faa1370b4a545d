"""Mobile contracts: each with its number, its SIM and its line."""
