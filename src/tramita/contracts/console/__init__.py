"""The operator's pages of contracts, whatever journey they are on."""
