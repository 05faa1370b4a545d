"""The learners' own pages, below ``/learn``: what they may order, have ordered, sign and pay."""
