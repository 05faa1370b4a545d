"""SMT: the service management platform that turns services on and off.

Without ``TRAMITA_SMT_URL`` a demo activates a contract at once, as in the seed, and
production refuses it. With it, a subscriber is provisioned over HTTP by durable jobs, and ``activated`` follows what
SMT answers.
"""
