"""Devices: the provider's list of brands and models, and whether a device takes an eSIM.

The list is read whole once an hour and kept; what is asked of it is answered from what was
kept, with the time it is of. Whether a device takes an eSIM the provider is asked directly.
"""
