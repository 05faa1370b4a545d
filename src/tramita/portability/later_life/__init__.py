"""What happens to a contract after its client may sign: decided here, pure but for the rows.

``course`` decides what a message means, ``balance`` what a true balance asks for,
``stages`` orders the provider's stages, ``expected_times`` says when to ask unless it
speaks first. ``lives`` keeps it in rows, ``polling`` finds what is due.
"""
