"""Signatures: a contract's text, signed by two parties at a signing service.

A signing procedure (``lifecycle``) is one document of one contract, signed first by the student
and then by whoever may sign for the organization. It serves contracts of any backend that
brings a ``HasContractsSigned``; which signing service does the work, each procedure says.
"""
