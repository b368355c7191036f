"""A reading as a person sees it in a terminal: the claims as a table, the text in colours."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.model import Claim, Reading

_COLUMNS = ("category", "value", "delta", "scope", "as of", "subject", "span")
_CLAIM, _MENTION, _IGNORED, _UNREAD = "bold green", "yellow", "dim", "bold red"


def show(found: Reading) -> None:
    """Print claims, mentions and what no rule took."""
    console = Console()
    if found.claims:
        table = Table(*_COLUMNS, box=None, header_style="bold")
        for column in table.columns:
            column.no_wrap = True
        for claim in found.claims:
            table.add_row(
                claim.category, _value(claim), "" if claim.delta is None else f"{claim.delta:+,}",
                f"{claim.scope.value} ({claim.scope_basis.value})", claim.as_of.isoformat() if claim.as_of else "",
                claim.subject, f"{claim.span[0]}-{claim.span[1]}",
            )  # fmt: skip
        console.print(table)
    for mention in found.mentions:
        console.print(
            Text(f"mentioned: {mention.category} {mention.value}, {mention.why}", style=_MENTION), soft_wrap=True
        )
    for unread in found.unread:
        console.print(Text(f"unread: {unread.text.strip()}", style=_UNREAD), soft_wrap=True)
    console.print(Text(f"{found.status.value}; parser {found.parser}", style=_IGNORED))


def explain(text: str, found: Reading) -> None:
    """Print the text with what was taken, by which rule, and what was left."""
    shown = Text(text)
    legend = Text()
    for rule, (start, end) in found.ignored:
        shown.stylize(_IGNORED, start, end)
        legend.append(f"ignored ({rule}): {_short(text, start, end)}\n", style=_IGNORED)
    for unread in found.unread:
        shown.stylize(_UNREAD, *unread.span)
    for mention in found.mentions:
        shown.stylize(_MENTION, *mention.span)
    for claim in found.claims:
        shown.stylize(_CLAIM, *claim.span)
        rule = f"{claim.category} = {_value(claim)}, {claim.scope.value} by {claim.scope_basis.value}"
        legend.append(f"{rule}: {_short(text, *claim.span)}\n", style=_CLAIM)
    console = Console()
    console.print(shown, soft_wrap=True)
    console.print()
    console.print(legend, end="", soft_wrap=True)


def _short(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())[:80]


def _value(claim: Claim) -> str:
    if claim.value is None:
        return "left out"
    qualifier = "" if claim.qualifier.value in {"exact", "range"} else f"{claim.qualifier.value.replace('_', ' ')} "
    upper = "" if claim.upper is None else f"–{claim.upper:,}"
    return f"{qualifier}{claim.value:,}{upper}"
