"""The e-mails about orders: what they say, to whom, and what they are written for."""
