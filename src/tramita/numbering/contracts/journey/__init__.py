"""The journey of a mobile contract, from its number to the end of its line.

A mobile contract is looked after by one job that sees how it and its number stand and does
what is next (``tend_contract``). It has a number brought (``get_number``), puts it on its SIM
and has the line go live (``activate_line``), about which the operator calls back
(``take_callback``) or is asked (``numbering.ask_line``), and has it ended (``end_line``).
"""
