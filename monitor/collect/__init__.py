"""Source → Post: one module a route. A module without an underscore is a route that settings may name."""

from monitor.collect._budget import Budget

__all__ = ["Budget"]
