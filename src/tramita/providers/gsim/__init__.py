"""GSIM, Vivo's system for devices and SIMs. Its interface is assumed: none is public."""
