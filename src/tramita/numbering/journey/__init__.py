"""The outside acts of numbering: hold, reserve, give back; and asking what became of them.

Creating a preview holds three numbers (``pre_reserve``); a preview's reservation claims one,
asks the provider, and confirms or withdraws the claim (``reserve``). Both act while their
caller waits. Where the answer is lost, a job asks the provider (``ask_hold``,
``ask_reservation``) until it is known. What is given back is given back by a job of its own
(``release_hold``, ``release_number``), for as long as it takes.

A mobile contract is looked after by one job that sees how it and its number stand and does
what is next (``tend_contract``). It puts the number on its SIM and has the line go live
(``activate_line``), about which the operator calls back (``take_callback``) or is asked
(``ask_line``), and has it ended (``end_line``).
"""
