"""Source → Post: one module a route. A module without an underscore is a route that settings may name.

It offers `Options`, `host_of(options)`, `right_address(address)` ("" if it can read that address, else what would
be right) and `connect(options, clock, budget)`.
"""

from monitor.collect._budget import Budget

__all__ = ["Budget"]
