"""What is between an application and its document in a back office.

``wanting`` begins the acts, ``messages`` numbers what goes either way, ``standing`` says how an
application stands there, ``records`` writes down what the office says of it. The acts themselves are
in ``journey``.
"""
