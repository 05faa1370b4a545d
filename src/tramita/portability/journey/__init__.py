"""The journey of an envelope, in the order things happen.

1. ``service.send_formalization_link`` marks every portability contract that was never
   sent, writes an operation for each and enqueues their jobs, in one transaction.
2. ``insert_proposal`` runs once per contract, all in parallel: it takes the operation,
   checks what can be checked beforehand, sends the proposal, has the answer judged
   (``judging``), and hands the decision in.
3. Where nobody knows whether the proposal arrived, ``reconcile_proposal`` asks the
   provider until it is known, or a person has to look.
4. ``record_insertions`` writes the decisions of many contracts in one transaction,
   counts the envelope down, and announces "all done" with the last.
5. What lives at the provider and must not (refused by our rules, doubled, cancelled
   here) is noted by ``compensation`` and ended by ``cancel_proposal``. What a person gave
   up without anybody knowing of it, ``search_left_alive`` looks for.
6. From then on the provider speaks: ``take_message`` understands its webhooks,
   ``poll_proposal`` asks what they lost, ``apply_news`` moves the contract, whatever the
   order; ``strays`` finds out about proposals that are no contract's.
7. What is ours to do next follows from that: ``submit_proposal``, ``accept_balance``,
   ``recalculate_proposal``; each is a ``follow_up`` that asks before it repeats itself.

Whatever loses its job (a killed process) is found by the sweep over operation rows and
enqueued again; an operation that was sent and never recorded is unknown, and asked about.
"""
