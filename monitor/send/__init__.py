"""Alert → chat: one module a service, each with `Options` and `connect(options, clock)`.

The list of services is this folder: adding one is adding a file. What services share stands in
files that begin with an underscore.
"""

from monitor.send._outbox import Outbox
from monitor.send._quiet import quiet_http_logs

__all__ = ["Outbox", "quiet_http_logs"]
