"""E-mails: the outbox's second channel.

An area declares its e-mails (``kinds.MailKind``) in its manifest, and writes one inside the unit of
work that causes it (``writing.write_mails``): with the change it tells of, or not at all, and once
for each cause. A job per e-mail sends it, again and again while the mail server is away. What may
have arrived is not sent again by itself: people mind reading a thing twice.
"""
