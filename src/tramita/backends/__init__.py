"""Contract backends of Tramita's own: one folder per backend, as in the seed.

Nobody imports them. They are found through the entry-point group ``tramita.backends``,
like any backend that is installed with pip.
"""
