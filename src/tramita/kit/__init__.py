"""The parts everything stands on. The kit knows no business.

Life cycles, outcomes, operations, jobs and the unit of work are Tramita's own;
around them are thin seams over the database, the queue and the HTTP client.
"""
