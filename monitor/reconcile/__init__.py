"""Claim → Change: hold what official channels claim, and say how a post differs from it. Pure."""
