"""Phone numbers, devices and eSIM: seed 1, in front of a telecom's OSS.

A preview holds three numbers of an area code for a quarter of an hour; one of them is
reserved, or any number is reserved at random; a reserved number is assigned to a SIM,
used, ended and given back. Life cycles: the phone number (``lifecycle``); a preview's
state is read off its columns (``previews.rows``). Partners' systems start it over HTTP, mobile
line contracts through the backend ``vivo``.
"""
