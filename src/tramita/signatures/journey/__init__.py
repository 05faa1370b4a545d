"""How a contract comes to be signed, step by step.

1. ``prepare_document``: the text becomes a PDF, once for each content, and is kept.
2. ``create_procedure``, ``upload_document``, ``start_procedure``: three acts at the service. A
   lost answer is asked about; what nobody wants any more, or the service will not take, is
   removed there (``remove_drafts``), so that no orphan is left.
3. The student signs, then somebody of the organization; we hear of it by a notice
   (``take_notice``), when somebody reads of the contract and what we know is old, or at the
   latest by the poll (``refresh``). All three ask the service how the procedure stands, and
   apply what it says as a whole (``apply_states``).
4. ``fetch_signed_file``: what both have signed is fetched once, and kept.

On the way it may be aborted (``stop_procedure``), and others may come to sign
(``update_signatories``). The service away: everything waits, and goes on by itself.
"""
