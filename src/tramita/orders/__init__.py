"""Courses sold: orders that a learner signs and pays in instalments.

What is offered (courses, products, organizations) is kept by administrators; a learner, whom the
learning platform vouches for, makes an order. Its life goes by circumstances: what is signed, which
card there is, what is paid. Each change of one moves the order until nothing fits any more; what
it opens (enrollments) is open from that moment. An order is a contract of the core, fulfilled by
the backend ``orders``. Learners start orders; administrators cancel them.
"""
