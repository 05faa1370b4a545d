"""The outside acts about one number: reserve it, and give it back.

A reservation claims a number, asks the provider while its caller waits, and confirms or
withdraws the claim (``reserve``). Where the answer is lost, a job asks the provider
(``ask_reservation``) until it is known. What is given back is given back by a job of its own
(``release_number``), for as long as it takes.
"""
