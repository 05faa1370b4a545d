"""The outside acts of previews: have numbers held, and give back what nobody wants.

The caller waits while numbers are held (``pre_reserve``). Where the answer is lost, a job
asks the provider (``ask_hold``) until it is known; what is held for nobody is given back
(``release_hold``), for as long as it takes.
"""
