"""HTTP of the core: contracts, customers, the catalog, and the backend plugins."""
