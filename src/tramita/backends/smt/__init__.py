"""SMT: the service management platform that turns services on and off.

Without ``TRAMITA_SMT_URL`` a contract is activated at once, as in the seed. With it,
a subscriber is provisioned over HTTP by durable jobs, and ``activated`` follows what
SMT answers.
"""
