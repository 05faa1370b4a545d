"""The journey of an instalment, from its schedule to its money, and back where it is given back.

A contract's schedule is written by the rules when it is to be paid (``make_schedule``). What is due
is debited, at once where that is today or earlier and in the night otherwise (``debit_due``): one
operation each (``debit_installment``), whose lost answer is asked about and never repeated blindly.
The provider tells by itself, too, what became of a payment, or which card was saved
(``take_message``). What a bank refuses is debited again on later days, or its owner pays it in a
form. What was paid is given back one payment at a time (``refund_payment``), and a card that nobody
has any more is deleted at the provider (``delete_card``).
"""
