"""What was sold, paid by card in instalments, whatever contract it is about.

A contract gets an account here: who pays, for whom, and a schedule of instalments. Cards are
saved at a provider and known here by what may be shown of them; instalments are debited when
they are due, each once, and given back one payment at a time. A contract's backend is told of
every change, inside the unit of work that makes it.
"""
