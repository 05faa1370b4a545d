"""The journey of an envelope, in the order things happen.

1. ``service.send_formalization_link`` marks every portability contract that was never
   sent, writes an operation for each and enqueues their jobs, in one transaction.
2. ``insert_proposal.insert_portability_proposal`` runs once per contract, all in
   parallel: it takes the operation, checks what can be checked beforehand, sends the
   proposal, judges the answer, and hands the decision in.
3. ``record_insertions.record_insertions`` writes the decisions of many contracts in
   one transaction, counts the envelope down, and announces "all done" with the last.

Whatever loses its job (a killed process) is found by the sweep over operation rows
and enqueued again; an operation that was sent and never recorded is ``UNKNOWN``: it
is parked for a person and never sent again.
"""
