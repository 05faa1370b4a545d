"""The core: what every contract has in common, whatever it sells.

Customers, products, packages and contracts live here. A contract is *created*,
*activated* when the backend that fulfils it says so, and *cancelled*. At each of
these points a signal goes out; backend plugins subscribe to those that matter to
them, keep their own record of the contract, and act on outside systems through
durable jobs. A contract whose backend has no plugin works all the same. Contracts
are started by the journeys above, by the API, and by ``tramita contracts demo``.
"""
